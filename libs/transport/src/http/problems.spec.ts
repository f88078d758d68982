import { gzipSync } from 'node:zlib';
import { connect } from 'node:net';
import { describe, expect, onTestFinished, test } from 'vitest';
import { codes, StatusError } from '@ko/endpoint';
import Fastify from 'fastify';
import { statusOf } from './problem.ts';
import { problems } from './problems.ts';
import { requestIdOf } from '../request-id.ts';
import { serverOptions } from './server-options.ts';
import { echoServer } from './testing/echo-server.ts';

const app = echoServer();
const echo = '/v1/conformance:echo';
const json = { 'content-type': 'application/json' };

describe('a failure of an endpoint', () => {
  test('is a problem document with all that it says', async () => {
    const payload = { code: 9, message: 'not now', reason: 'TOO_EARLY', metadata: { a: 'b' }, violations: ['x'] };
    const headers = { 'x-request-id': 'my-id' };
    const response = await app.inject({ method: 'POST', url: '/v1/conformance:fail', payload, headers });

    expect(response.headers['content-type']).toMatch(/^application\/problem\+json/);
    expect(response.headers['x-request-id']).toBe('my-id');
    expect(response.json()).toEqual({
      type: 'about:blank',
      title: 'Bad Request',
      status: 400,
      detail: 'not now',
      code: 'failed_precondition',
      reason: 'TOO_EARLY',
      metadata: { a: 'b' },
      violations: [{ field: 'x', description: 'x is wrong', rule: 'test' }],
      request_id: 'my-id',
    });
  });

  test.each(codes)('%s has its status', async (code) => {
    const payload = { code: codes.indexOf(code) + 1, message: 'x' };
    const response = await app.inject({ method: 'POST', url: '/v1/conformance:fail', payload });

    expect(response.statusCode).toBe(statusOf[code]);
    expect(response.json()).toMatchObject({ code, status: statusOf[code] });
  });

  test('that is no status says nothing', async () => {
    const response = await app.inject({ method: 'POST', url: '/v1/conformance:fail', payload: { message: 'secret' } });

    expect(response.json()).toMatchObject({ status: 500, code: 'internal', detail: 'internal error' });
    expect(response.body).not.toContain('secret');
  });

  test('carries its retry advice in seconds, rounded up', async () => {
    const busy = echoServer({
      echo: async () => {
        throw new StatusError('unavailable', 'busy', { retryAfter: 1200 });
      },
    });
    const response = await busy.inject({ method: 'POST', url: echo });

    expect(response).toMatchObject({ statusCode: 503, headers: { 'retry-after': '2' } });
    expect(response.json()).toMatchObject({ retry_after_ms: 1200 });
  });

  test('unauthenticated says how to authenticate', async () => {
    const request = { method: 'POST', url: '/v1/conformance:fail', payload: { code: 16, message: 'who?' } } as const;
    const [without, wrong] = await Promise.all([
      app.inject(request),
      app.inject({ ...request, headers: { authorization: 'Bearer nope' } }),
    ]);

    expect(without.headers['www-authenticate']).toBe('Bearer');
    expect(wrong.headers['www-authenticate']).toBe('Bearer error="invalid_token"');
  });
});

describe('what HTTP itself refuses', () => {
  test('what a route has looked for in vain is not found', async () => {
    const files = echoServer();
    files.get('/files/*', (_, reply) => {
      reply.callNotFound();
    });

    const [missing, wrong] = [await files.inject('/files/x'), await files.inject({ method: 'PUT', url: '/files/x' })];

    expect([missing.statusCode, wrong.statusCode]).toEqual([404, 405]);
  });

  test.each([
    ['an unknown path', { method: 'GET', url: '/nope?x=1' }, 404, 'ROUTE_NOT_FOUND'],
    ['another method', { method: 'DELETE', url: echo }, 405, 'METHOD_NOT_ALLOWED'],
    ['a broken encoding', { method: 'GET', url: '/v1/%zz' }, 400, 'MALFORMED_URL'],
    ['a long segment', { method: 'GET', url: `/v1/conformance/pages/${'1'.repeat(1025)}` }, 414, 'URL_TOO_LONG'],
    [
      'another media type',
      { method: 'POST', url: echo, payload: 'x', headers: { 'content-type': 'text/plain' } },
      415,
      'UNSUPPORTED_MEDIA_TYPE',
    ],
    [
      'a broken media type',
      { method: 'POST', url: echo, payload: 'x', headers: { 'content-type': '?' } },
      415,
      'UNSUPPORTED_MEDIA_TYPE',
    ],
    [
      'a compressed body',
      { method: 'POST', url: echo, payload: gzipSync('{}'), headers: { ...json, 'content-encoding': 'gzip' } },
      415,
      'UNSUPPORTED_CONTENT_ENCODING',
    ],
    [
      'a large body',
      { method: 'POST', url: echo, payload: `"${'x'.repeat(2 ** 20)}"`, headers: json },
      413,
      'BODY_TOO_LARGE',
    ],
    ['malformed JSON', { method: 'POST', url: echo, payload: '{', headers: json }, 400, 'MALFORMED_JSON'],
    [
      'an Accept of something else',
      { method: 'POST', url: echo, headers: { accept: 'text/html' } },
      406,
      'NOT_ACCEPTABLE',
    ],
    [
      'a timeout that is no number',
      { method: 'POST', url: echo, headers: { 'x-request-timeout-ms': '1s' } },
      400,
      'MALFORMED_REQUEST',
    ],
  ] as const)('%s is a problem document', async (_, request, status, reason) => {
    const response = await app.inject(request);

    expect(response.statusCode).toBe(status);
    expect(response.headers['content-type']).toMatch(/^application\/problem\+json/);
    expect(response.json()).toMatchObject({ status, reason, request_id: response.headers['x-request-id'] });
  });

  test('an unknown path is named, with a hint where to look', async () => {
    const response = await app.inject('/nope?token=secret');

    expect(response.json()).toMatchObject({ detail: 'there is no GET /nope; see /docs for what there is' });
  });

  test('another method is told those that there are', async () => {
    const patterned = await app.inject({ method: 'PATCH', url: '/v1/conformance/shelves/a/books/b' });
    const verb = await app.inject({ method: 'DELETE', url: '/v1/conformance/shelves/a/books/b:publish' });

    expect(patterned.headers.allow).toBe('GET, HEAD, PUT');
    expect(verb.headers.allow).toBe('GET, HEAD, POST, PUT');
  });

  test.each([
    ['headers that are too large', `GET / HTTP/1.1\r\nHost: x\r\nX: ${'x'.repeat(20_000)}\r\n\r\n`, 431],
    ['what is not HTTP', 'nonsense\r\n\r\n', 400],
    ['an invalid length', 'POST / HTTP/1.1\r\nHost: x\r\nContent-Length: ten\r\n\r\n', 400],
  ])('%s end in a problem document', async (_, bytes, status) => {
    const server = echoServer();
    const { port } = new URL(await server.listen({ port: 0 }));
    const answer = await rawAnswer(Number(port), bytes);
    await server.close();

    expect(answer).toContain(`HTTP/1.1 ${status} `);
    expect(JSON.parse(answer.split('\r\n\r\n')[1] ?? '')).toMatchObject({ status, type: 'about:blank' });
  });
});

test('what is no HTTP does not stand in the middle of an answer', async () => {
  const server = echoServer();
  const { port } = new URL(await server.listen({ port: 0 }));
  onTestFinished(() => server.close());
  const path = '/v1/conformance:download?count=3&pause=0.1s';

  const answer = await rawAnswer(Number(port), `GET ${path} HTTP/1.1\r\nHost: x\r\n\r\n`, 'no HTTP\r\n\r\n');

  expect(answer).toContain('HTTP/1.1 200 ');
  expect(answer).not.toContain('HTTP/1.1 400 ');
});

test('a target that is a whole URL is as good as its path', async () => {
  const server = echoServer();
  const { port } = new URL(await server.listen({ port: 0 }));
  onTestFinished(() => server.close());

  const answer = await rawAnswer(
    Number(port),
    'PUT HTTP://x/v1/conformance:echo HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n',
  );

  expect(answer).toContain('HTTP/1.1 405 ');
});

describe('a failure outside of endpoints', () => {
  const lines: unknown[] = [];
  const log = { debug() {}, info() {}, warn() {}, error: (fields: object) => lines.push(fields), child: () => log };
  const server = Fastify(serverOptions);
  problems(server, { log });
  server.get('/broken', () => {
    throw new Error('secret');
  });
  server.get('/limited', async (_, reply) => {
    reply.header('retry-after', 3);
    throw Object.assign(new Error('slow down'), { statusCode: 429 });
  });

  test('is logged, and says nothing', async () => {
    const response = await server.inject('/broken');

    expect(response.json()).toMatchObject({ status: 500, code: 'internal', detail: 'internal error' });
    expect(lines).toMatchObject([{ err: { message: 'secret' } }]);
  });

  test('of a plugin keeps its status', async () => {
    const response = await server.inject('/limited');

    expect(response.json()).toMatchObject({
      status: 429,
      code: 'resource_exhausted',
      detail: 'slow down',
      retry_after_ms: 3000,
    });
    expect(response.headers['retry-after']).toBe('3');
  });
});

test('a request id is taken when it is fit to be logged', () => {
  expect(requestIdOf('a-Z_9')).toBe('a-Z_9');
  expect(requestIdOf('a b\n')).toMatch(/^[\da-f]{32}$/);
  expect(requestIdOf('x'.repeat(65))).toMatch(/^[\da-f]{32}$/);
  expect(requestIdOf(undefined)).toMatch(/^[\da-f]{32}$/);
});

/** All that comes back for what is sent, and then, once something has come, for `more`. */
async function rawAnswer(port: number, bytes: string, more?: string): Promise<string> {
  const socket = connect(port, '127.0.0.1', () => socket.write(bytes));
  if (more !== undefined) socket.once('data', () => socket.write(more));
  let answer = '';
  for await (const chunk of socket) answer += String(chunk);
  return answer;
}
