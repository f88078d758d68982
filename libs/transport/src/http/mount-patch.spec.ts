import { expect, test } from 'vitest';
import { UserService, type UpdateUserRequest } from '@ko/contracts/user';
import { makeEndpoints, StatusError, type Context, type Endpoints } from '@ko/endpoint';
import Fastify from 'fastify';
import { mount } from './mount.ts';
import { problems } from './problems.ts';
import { serverOptions } from './server-options.ts';

const received: UpdateUserRequest[] = [];
const app = Fastify(serverOptions);
problems(app);
const unused = async () => {
  throw new StatusError('unimplemented', 'not in this test');
};
const endpoints: Endpoints<typeof UserService> = {
  ...makeEndpoints<typeof UserService, Context>(UserService, () => unused),
  updateUser: async (request) => {
    received.push(request);
    return {};
  },
  disableUser: async ({ name }) => ({ name }),
};
mount(app, UserService, endpoints);

async function patched(url: string, payload: object): Promise<UpdateUserRequest | undefined> {
  const response = await app.inject({ method: 'PATCH', url, payload });
  expect(response.statusCode, response.body).toBe(200);
  return received.at(-1);
}

test('a PATCH without a mask changes the fields that its body has', async () => {
  const request = await patched('/v1/users/7', { displayName: 'Ada', roles: [] });

  expect(request).toMatchObject({
    user: { name: 'users/7', displayName: 'Ada' },
    updateMask: { paths: ['display_name', 'roles'] },
  });
});

test('what the path names is not changed', async () => {
  const request = await patched('/v1/users/7', { name: 'users/7', display_name: 'Ada' });

  expect(request?.updateMask?.paths).toEqual(['display_name']);
});

test('an empty body implies no mask', async () => {
  const request = await patched('/v1/users/7', {});

  expect(request?.updateMask).toBeUndefined();
});

test.each(['updateMask=displayName', 'update_mask=display_name'])('a mask that is given rules: %s', async (query) => {
  const request = await patched(`/v1/users/7?${query}`, { displayName: 'Ada', roles: [] });

  expect(request?.updateMask?.paths).toEqual(['display_name']);
});

test('a body that contradicts the path is refused', async () => {
  const response = await app.inject({ method: 'PATCH', url: '/v1/users/7', payload: { name: 'users/8' } });

  expect(response.json()).toMatchObject({ status: 400, violations: [{ field: 'user.name' }] });
});

test('a custom verb lies beside a plain path of the same variable', async () => {
  const response = await app.inject({ method: 'POST', url: '/v1/users/7:disable' });

  expect(response.json()).toMatchObject({ name: 'users/7' });
});

test('a DELETE takes no body', async () => {
  const response = await app.inject({ method: 'DELETE', url: '/v1/users/7', payload: { force: true } });

  expect(response.json()).toMatchObject({ status: 400, detail: 'the route takes no body' });
});
