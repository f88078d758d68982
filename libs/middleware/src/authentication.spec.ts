import { ConformanceService } from '@ko/contracts/conformance';
import {
  createContext,
  StatusError,
  type Authenticated,
  type Context,
  type Endpoint,
  type Principal,
} from '@ko/endpoint';
import { describe, expect, test } from 'vitest';
import { authentication } from './authentication.ts';

const { echo, fail, download } = ConformanceService.method;
const ada: Principal = { subject: 'users/ada', roles: [] };
const scheme = {
  name: 'Bearer' as const,
  authenticate: async (credentials: string) => {
    if (credentials !== 'good') throw new StatusError('unauthenticated', 'bad token', { reason: 'TOKEN_INVALID' });
    return ada;
  },
};
const whoAmI: Endpoint<null, Principal | undefined, Context & Authenticated> = async (_, { principal }) => principal;

function withAuthorization(authorization: string): Context {
  return createContext({ metadata: { authorization } });
}

describe('authentication', () => {
  test('finds nobody without credentials, and somebody with good ones', async () => {
    const endpoint = authentication([scheme])(whoAmI, fail);

    await expect(endpoint(null, createContext())).resolves.toBeUndefined();
    await expect(endpoint(null, withAuthorization('Bearer good'))).resolves.toBe(ada);
    await expect(endpoint(null, withAuthorization('bearer  good'))).resolves.toBe(ada);
  });

  test.each([echo, fail, download])('refuses bad credentials, save where all are let in: $name', async (method) => {
    const answer = authentication([scheme])(whoAmI, method)(null, withAuthorization('Bearer bad'));

    if (method === echo) await expect(answer).resolves.toBeUndefined();
    else await expect(answer).rejects.toMatchObject({ code: 'unauthenticated', reason: 'TOKEN_INVALID' });
  });

  test('names the schemes it takes', async () => {
    const answer = authentication([scheme])(whoAmI, fail)(null, withAuthorization('Digest x'));

    await expect(answer).rejects.toMatchObject({
      reason: 'SCHEME_UNSUPPORTED',
      message: expect.stringContaining('Bearer') as string,
    });
  });
});
