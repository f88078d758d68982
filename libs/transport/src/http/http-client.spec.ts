import { expect, test, describe, beforeAll, afterAll } from 'vitest';
import { create } from '@bufbuild/protobuf';
import { BookSchema, ConformanceService, Book_Genre } from '@ko/contracts/conformance';
import { OrderService } from '@ko/contracts/order';
import { codes, createContext, StatusError, type Client } from '@ko/endpoint';
import type { FastifyInstance } from 'fastify';
import { httpClient } from './http-client.ts';
import { echoServer, untilAborted } from './testing/echo-server.ts';

const app = echoServer({}, { requestHeaders: ['x-color'], responseHeaders: ['x-color'] });
let address: string;
let client: Client<typeof ConformanceService>;

beforeAll(async () => {
  address = await app.listen({ port: 0 });
  client = httpClient(ConformanceService, `${address}/`);
});
afterAll(() => app.close());

test('every kind of field comes back as it went', async () => {
  const book = create(BookSchema, {
    name: 'shelves/1/books/ä',
    count: -1,
    big: 2n ** 62n,
    ratio: 0.1,
    printed: true,
    cover: new Uint8Array([0, 255]),
    genre: Book_Genre.SCIENCE,
    author: { name: 'a', aliases: ['b', 'c'] },
    tags: ['x', ''],
    translators: [{ name: 't' }],
    ratings: { good: 5 },
    binding: { case: 'paper', value: 80 },
    subtitle: '',
    publishTime: { seconds: 1n, nanos: 5 },
    readingTime: { seconds: -3n },
    mask: { paths: ['publish_time'] },
  });

  expect(await client.echo(book, createContext())).toEqual(book);
});

test.each(codes)('%s comes back as the error that it was', async (code) => {
  const request = {
    code: codes.indexOf(code) + 1,
    message: 'because',
    reason: 'WHY',
    metadata: { a: 'b' },
    violations: ['a.b'],
  };
  const error = await client.fail(request, createContext()).catch((thrown: unknown) => thrown);

  const violations = [{ field: 'a.b', description: 'a.b is wrong', rule: 'test' }];
  expect(error).toEqual(new StatusError(code, 'because', { reason: 'WHY', metadata: { a: 'b' }, violations }));
});

test('retry advice comes back to the millisecond', async () => {
  const advised = echoServer({
    fail: async () => {
      throw new StatusError('unavailable', 'later', { retryAfter: 1500 });
    },
  });
  const failing = httpClient(ConformanceService, await advised.listen({ port: 0 }));

  await expect(failing.fail({}, createContext())).rejects.toMatchObject({ code: 'unavailable', retryAfter: 1500 });
  await advised.close();
});

test('an unknown error says nothing', async () => {
  await expect(client.fail({ message: 'secret' }, createContext())).rejects.toMatchObject({
    code: 'internal',
    message: 'internal error',
  });
});

test('metadata goes and comes back as headers', async () => {
  const context = createContext({ outgoing: { 'x-color': 'blue' } });
  const { metadata } = await client.returnMetadata({}, context);

  expect(metadata).toEqual({ 'x-color': 'blue' });
  expect(context.reply.get('x-color')).toBe('blue');
  expect(context.reply.get('x-request-id')).toBe(context.requestId);
});

test('a deadline ends the call on both sides', async () => {
  const { promise: reason, resolve } = Promise.withResolvers<unknown>();
  const slow = await listening(
    echoServer({
      wait: async (request, context) =>
        untilAborted(request, context).catch((error: unknown) => {
          resolve(error);
          throw error;
        }),
    }),
  );

  const call = slow.client.wait({}, createContext({ deadline: Date.now() + 500 }));
  await expect(call).rejects.toMatchObject({ code: 'deadline_exceeded' });
  expect(['deadline_exceeded', 'cancelled']).toContain(((await reason) as StatusError).code);
  await slow.app.close();
});

test('cancelling rejects with the reason of the signal', async () => {
  const controller = new AbortController();
  const reason = new StatusError('cancelled', 'changed my mind');
  const call = client.wait({}, createContext({ signal: controller.signal }));
  controller.abort(reason);

  await expect(call).rejects.toBe(reason);
});

describe('a stream', () => {
  test('comes message by message', async () => {
    const names: string[] = [];
    for await (const { name } of await client.download({ count: 3 }, createContext())) names.push(name);

    expect(names).toEqual(['books/1', 'books/2', 'books/3']);
  });

  test('fails after its messages as it was told', async () => {
    const names: string[] = [];
    const read = async () => {
      for await (const { name } of await client.download({ count: 2, failWith: 15 }, createContext())) names.push(name);
    };

    await expect(read()).rejects.toMatchObject({ code: 'data_loss', message: 'the download fails' });
    expect(names).toEqual(['books/1', 'books/2']);
  });

  test('that fails before its first message fails the call', async () => {
    await expect(client.download({ failWith: 5 }, createContext())).rejects.toMatchObject({ code: 'not_found' });
  });

  test('that its reader leaves ends the endpoint, too', async () => {
    const { promise: reason, resolve } = Promise.withResolvers<unknown>();
    const endless = await listening(
      echoServer({
        download: async (_, { signal }) => {
          signal.addEventListener('abort', () => resolve(signal.reason));
          return (async function* () {
            while (!signal.aborted) yield { cover: new Uint8Array(10_000) };
          })();
        },
      }),
    );

    const books = (await endless.client.download({}, createContext()))[Symbol.asyncIterator]();
    await books.next();
    await books.return?.();

    expect(await reason).toMatchObject({ code: 'cancelled' });
    await endless.app.close();
  });
});

test('a method without a route is unimplemented', async () => {
  const none = (async function* () {})();
  await expect(client.upload(none, createContext())).rejects.toMatchObject({ code: 'unimplemented' });
});

describe('an answer that is not ours', () => {
  test.each([
    [502, 'text/html', '<h1>Bad Gateway</h1>', { code: 'unavailable', message: 'the server answered with status 502' }],
    [404, 'application/json', '{"error":"Not Found"}', { code: 'not_found' }],
    [418, 'text/plain', '', { code: 'invalid_argument' }],
    [401, 'application/json', '', { code: 'unauthenticated', message: 'the server answered with status 401' }],
    [404, 'application/problem+json', '<html>', { code: 'not_found' }],
    [200, 'text/html', '<h1>Hello</h1>', { code: 'internal', message: 'the answer is no ko.conformance.v1.Book' }],
  ])('of status %d as %s is told by what it is', async (status, type, body, error) => {
    const send: typeof fetch = async () => new Response(body, { status, headers: { 'content-type': type } });
    const other = httpClient(ConformanceService, 'http://test', { fetch: send });

    await expect(other.echo({}, createContext())).rejects.toMatchObject(error);
  });

  test('that breaks off is unavailable', async () => {
    const broken = new ReadableStream<Uint8Array>({
      start(controller) {
        controller.enqueue(new TextEncoder().encode('{"result":{"name":"first"}}\n{"resu'));
      },
      pull: (controller) => controller.error(new TypeError('terminated')),
    });
    const other = httpClient(ConformanceService, 'http://test', { fetch: async () => new Response(broken) });
    const names: string[] = [];
    const read = async () => {
      for await (const { name } of await other.download({}, createContext())) names.push(name);
    };

    await expect(read()).rejects.toMatchObject({ code: 'unavailable' });
    expect(names).toEqual(['first']);
  });
});

test('half of a character in a path is refused before it is sent', async () => {
  const orders = httpClient(OrderService, 'http://127.0.0.1:1');

  await expect(orders.getOrder({ name: 'orders/\ud800' }, createContext())).rejects.toMatchObject({
    code: 'invalid_argument',
    reason: 'MALFORMED_REQUEST',
  });
});

test('what a path or a query has no place for is refused before it is sent', async () => {
  const orders = httpClient(OrderService, 'http://127.0.0.1:1');

  await expect(orders.getOrder({ name: 'users/1' }, createContext())).rejects.toMatchObject({
    code: 'invalid_argument',
    violations: [{ field: 'name', description: 'must look like orders/*' }],
  });
});

test('headers of all requests may be given', async () => {
  const gone: (string | null)[] = [];
  const send: typeof fetch = async (_, init) => {
    gone.push(new Headers(init?.headers).get('authorization'));
    return new Response('{}');
  };
  const authorized = httpClient(ConformanceService, 'http://test', {
    fetch: send,
    headers: { authorization: 'Bearer x' },
  });
  await authorized.echo({}, createContext());
  await authorized.echo({}, createContext({ outgoing: { authorization: 'Bearer y' } }));

  expect(gone).toEqual(['Bearer x', 'Bearer y']);
});

test('no server is unavailable', async () => {
  const nowhere = httpClient(ConformanceService, 'http://127.0.0.1:1');
  await expect(nowhere.echo({}, createContext())).rejects.toMatchObject({ code: 'unavailable' });
});

async function listening(server: FastifyInstance) {
  return { app: server, client: httpClient(ConformanceService, await server.listen({ port: 0 })) };
}
