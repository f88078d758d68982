import { expect, onTestFinished, test } from 'vitest';
import { ConformanceService } from '@ko/contracts/conformance';
import { AuthService, UserService } from '@ko/contracts/user';
import { OrderService } from '@ko/contracts/order';
import { createContext, StatusError, type Context } from '@ko/endpoint';
import Fastify from 'fastify';
import { httpClient } from './http-client.ts';
import { mount } from './mount.ts';
import { problems } from './problems.ts';
import { serverOptions } from './server-options.ts';
import { echoServer } from './testing/echo-server.ts';

const echo = '/v1/conformance:echo';

test('the context says who asks what, and until when', async () => {
  const contexts: Context[] = [];
  const app = echoServer({
    echo: async (book, context) => {
      contexts.push(context);
      return book;
    },
  });
  const before = Date.now();
  const response = await app.inject({
    method: 'POST',
    url: echo,
    headers: { 'x-request-id': 'my-id', 'x-request-timeout-ms': '5000' },
    remoteAddress: '10.0.0.1',
  });

  const [context] = contexts;
  expect(context).toMatchObject({ requestId: 'my-id', peer: '10.0.0.1', outgoing: {} });
  expect(context?.deadline).toBeGreaterThanOrEqual(before + 5000);
  expect(response.headers['x-request-id']).toBe('my-id');
});

test('only headers that are allowed become metadata', async () => {
  const headers = { authorization: 'Bearer x', cookie: 'secret', 'x-color': 'blue', 'x-internal': 'admin' };
  const byDefault = await echoServer().inject({ url: '/v1/conformance/metadata', headers });
  const told = await echoServer({}, { requestHeaders: ['x-color'] }).inject({
    url: '/v1/conformance/metadata',
    headers,
  });

  expect(byDefault.json()).toEqual({ metadata: { authorization: 'Bearer x', 'user-agent': 'lightMyRequest' } });
  expect(told.json()).toEqual({ metadata: { 'x-color': 'blue' } });
});

test('only metadata that is allowed becomes headers, also of a failure', async () => {
  const app = echoServer({
    echo: async ({ name }, { reply }) => {
      reply.set('etag', '"1"').set('x-internal', 'secret');
      if (name === '') throw new StatusError('aborted', 'changed meanwhile');
      return {};
    },
  });
  const success = await app.inject({ method: 'POST', url: echo, payload: { name: 'x' } });
  const failure = await app.inject({ method: 'POST', url: echo });

  expect(success.headers).toMatchObject({ etag: '"1"' });
  expect(success.headers).not.toHaveProperty('x-internal');
  expect(failure).toMatchObject({ statusCode: 409, headers: { etag: '"1"' } });
});

test('metadata that no header can hold is left out, and logged', async () => {
  const lines: unknown[] = [];
  const log = { ...createContext().log, error: (...line: unknown[]) => void lines.push(line) };
  const app = echoServer(
    {
      echo: async (book, { reply }) => {
        reply.set('etag', '"1"').set('location', '/books/\u20ac').set('link', 'a\r\nb');
        return book;
      },
    },
    { log },
  );

  const { statusCode, headers } = await app.inject({ method: 'POST', url: echo, payload: { name: 'x' } });

  expect(statusCode).toBe(200);
  expect(headers).toMatchObject({ etag: '"1"' });
  expect(headers).not.toHaveProperty('location');
  expect(lines).toEqual(['location', 'link'].map((header) => [{ header }, 'a header of the answer cannot be sent']));
});

test.each(['0', '-1', 'soon', '1.5'])('a request that would be answered within %s ms is refused', async (timeout) => {
  const headers = { 'x-request-timeout-ms': timeout };

  const response = await echoServer().inject({ method: 'POST', url: echo, headers });

  expect(response.json()).toMatchObject({ status: 400, code: 'invalid_argument', reason: 'MALFORMED_REQUEST' });
});

test('plugins learn which method a route calls', async () => {
  const called: unknown[] = [];
  const app = Fastify(serverOptions);
  app.addHook('onRequest', async ({ routeOptions }) => {
    called.push(routeOptions.config.rpc?.name);
  });
  mount(app, ConformanceService, httpClient(ConformanceService, 'http://127.0.0.1:1'));
  await app.inject('/v1/conformance/metadata');

  expect(called).toEqual(['ReturnMetadata']);
});

test('a contract may lie below a prefix', async () => {
  const app = Fastify(serverOptions);
  problems(app);
  app.register(
    async (scope) => {
      mount(scope, ConformanceService, httpClient(ConformanceService, 'http://127.0.0.1:1'));
    },
    { prefix: '/api' },
  );
  const found = await app.inject('/api/v1/conformance/shelves/a/books/b');
  const other = await app.inject('/v1/conformance/shelves/a/books/b');

  expect(found.json()).toMatchObject({ code: 'unavailable' });
  expect(other.json()).toMatchObject({ status: 404 });
});

test('a client may be mounted as endpoints may: the server is then a gateway', async () => {
  const behind = echoServer();
  const gateway = Fastify(serverOptions);
  problems(gateway);
  mount(gateway, ConformanceService, httpClient(ConformanceService, await behind.listen({ port: 0 })));
  onTestFinished(() => behind.close());
  const [answer, failure, stream] = await Promise.all([
    gateway.inject({ method: 'POST', url: echo, payload: { name: 'x' } }),
    gateway.inject({
      method: 'POST',
      url: '/v1/conformance:fail',
      payload: { code: 6, message: 'taken', reason: 'TAKEN' },
    }),
    gateway.inject('/v1/conformance:download?count=2'),
  ]);

  expect(answer.json()).toMatchObject({ name: 'x' });
  expect(failure.json()).toMatchObject({ status: 409, code: 'already_exists', detail: 'taken', reason: 'TAKEN' });
  expect(stream.body.trim().split('\n')).toHaveLength(2);
});

test('contracts lie beside each other', async () => {
  const app = Fastify(serverOptions);
  problems(app);
  mount(app, UserService, httpClient(UserService, 'http://127.0.0.1:1'));
  mount(app, AuthService, httpClient(AuthService, 'http://127.0.0.1:1'));
  mount(app, OrderService, httpClient(OrderService, 'http://127.0.0.1:1'));
  const urls = [
    '/v1/users/me',
    '/.well-known/jwks.json',
    '/v1/orders/7',
    '/v1/orders:export',
    '/v1/orders?state=STATE_PAID',
  ];
  const answers = await Promise.all(urls.map((url) => app.inject(url)));

  expect(answers.map(({ statusCode }) => statusCode)).toEqual(urls.map(() => 503));
});

test('a missing endpoint is an error at once', () => {
  const app = Fastify(serverOptions);
  const { returnMetadata } = httpClient(ConformanceService, 'http://127.0.0.1:1');

  expect(() => {
    mount(app, ConformanceService, { returnMetadata } as never);
  }).toThrow('no endpoint for ko.conformance.v1.ConformanceService/Echo');
});
