import { request as send, type IncomingMessage } from 'node:http';
import { describe, expect, onTestFinished, test } from 'vitest';
import { type StatusError } from '@ko/endpoint';
import { echoServer, untilAborted, type Conformance } from './testing/echo-server.ts';
import type { MountOptions } from './mount.ts';

const download = '/v1/conformance:download';
const events = { accept: 'text/event-stream' };

describe('a stream', () => {
  const app = echoServer();

  test('is a line of JSON for each message', async () => {
    const response = await app.inject(`${download}?count=2`);

    const lines = response.body
      .split('\n')
      .slice(0, -1)
      .map((line) => JSON.parse(line) as unknown);
    expect(response.headers).toMatchObject({ 'content-type': 'application/x-ndjson', 'cache-control': 'no-store' });
    expect(lines).toMatchObject([{ result: { name: 'books/1' } }, { result: { name: 'books/2' } }]);
  });

  test('that fails on its way ends with the problem', async () => {
    const response = await app.inject({ url: `${download}?count=1&failWith=15`, headers: { 'x-request-id': 'id' } });

    const lines = response.body
      .split('\n')
      .slice(0, -1)
      .map((line) => JSON.parse(line) as unknown);
    expect(response.statusCode).toBe(200);
    expect(lines).toMatchObject([
      { result: { name: 'books/1' } },
      { error: { status: 500, code: 'data_loss', detail: 'the download fails', request_id: 'id' } },
    ]);
  });

  test('that fails before its first message is a problem, not a stream', async () => {
    const response = await app.inject(`${download}?failWith=5`);

    expect(response.statusCode).toBe(404);
    expect(response.json()).toMatchObject({ code: 'not_found' });
  });

  test('of nothing is empty', async () => {
    expect(await app.inject(download)).toMatchObject({ statusCode: 200, body: '' });
  });

  test('is server-sent events for who accepts them', async () => {
    const response = await app.inject({ url: `${download}?count=1&failWith=15`, headers: events });
    const complete = await app.inject({ url: download, headers: events });

    const [first, second] = response.body.split('\n\n');
    expect(response.headers['content-type']).toBe('text/event-stream');
    expect(first).toMatch(/^data: \{"name":"books\/1"/);
    expect(second).toMatch(/^event: error\ndata: \{"type":"about:blank","title":"Internal Server Error"/);
    expect(complete.body).toBe('event: end\ndata: {}\n\n');
  });

  test.each([
    ['*/*', 'application/x-ndjson'],
    ['application/*;q=0.5, text/event-stream', 'text/event-stream'],
    ['text/event-stream;q=0, */*', 'application/x-ndjson'],
  ])('of Accept: %s is %s', async (accept, type) => {
    const response = await app.inject({ url: download, headers: { accept } });

    expect(response.headers['content-type']).toBe(type);
  });

  test('of another type cannot be had', async () => {
    const response = await app.inject({ url: download, headers: { accept: 'application/json' } });

    expect(response.json()).toMatchObject({ status: 406, reason: 'NOT_ACCEPTABLE' });
  });

  test('has no HEAD', async () => {
    const response = await app.inject({ method: 'HEAD', url: download });

    expect(response).toMatchObject({ statusCode: 405, headers: { allow: 'GET, POST' } });
  });
});

test('an idle stream says that it is alive, before and after its first message', async () => {
  const { promise: more, resolve } = Promise.withResolvers<undefined>();
  const address = await listening({ download: async () => slowly(more) }, { heartbeat: 5 });
  const response = await get(`${address}${download}`, events);

  let text = '';
  for await (const chunk of response) {
    text += String(chunk);
    if (text.startsWith(': idle\n\n')) resolve(undefined);
  }
  expect(text).toMatch(/^(: idle\n\n)+data: \{"name":"late".*\n\n(: idle\n\n)*event: end\ndata: \{\}\n\n$/);
});

test('a reader that is slow holds the endpoint back', async () => {
  let made = 0;
  const cover = new Uint8Array(100_000);
  const endless = async function* () {
    for (;;) {
      made++;
      yield { cover };
      await new Promise(setImmediate);
    }
  };
  const address = await listening({ download: async () => endless() });
  const response = await get(`${address}${download}`);

  response.pause();
  const still = await settled(() => made);
  expect(still).toBeLessThan(500);
  response.destroy();
});

test('a reader that goes ends the stream, and its endpoint', async () => {
  const { promise: ended, resolve } = Promise.withResolvers<string>();
  const address = await listening({
    download: async (request, context) =>
      (async function* () {
        try {
          yield { name: 'first' };
          await untilAborted(request, context);
        } finally {
          resolve((context.signal.reason as StatusError).code);
        }
      })(),
  });
  const response = await get(`${address}${download}`);
  response.once('data', () => response.destroy());

  expect(await ended).toBe('cancelled');
});

test('a caller that goes before its answer aborts the endpoint', async () => {
  const { promise: begun, resolve: begin } = Promise.withResolvers<AbortSignal>();
  const address = await listening({
    wait: async (request, context) => {
      begin(context.signal);
      return untilAborted(request, context);
    },
  });
  const request = send(`${address}/v1/conformance:wait`, { method: 'POST' })
    .on('error', () => undefined)
    .end();
  const signal = await begun;
  const aborted = new Promise((resolve) => signal.addEventListener('abort', resolve));
  request.destroy();

  await aborted;
  expect(signal.reason).toMatchObject({ code: 'cancelled' });
});

test('an answer that was sent whole aborts nothing', async () => {
  const signals: AbortSignal[] = [];
  const address = await listening({
    echo: async (book, { signal }) => {
      signals.push(signal);
      return book;
    },
  });
  const response = await fetch(`${address}/v1/conformance:echo`, { method: 'POST', headers: { connection: 'close' } });
  await response.json();

  expect(signals.map(({ aborted }) => aborted)).toEqual([false]);
});

test('the time that the caller gives is the deadline, and aborts the endpoint', async () => {
  const address = await listening({ wait: untilAborted });
  const headers = { 'x-request-timeout-ms': '20' };
  const response = await fetch(`${address}/v1/conformance:wait`, { method: 'POST', headers });

  expect(await response.json()).toMatchObject({ status: 504, code: 'deadline_exceeded' });
});

async function* slowly(more: Promise<undefined>) {
  await more;
  yield { name: 'late' };
}

async function listening(endpoints: Partial<Conformance>, options: MountOptions = {}): Promise<string> {
  const app = echoServer(endpoints, options);
  onTestFinished(() => app.close());
  return app.listen({ port: 0 });
}

async function get(url: string, headers: Record<string, string> = {}): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    send(url, { headers, agent: false }).on('response', resolve).on('error', reject).end();
  });
}

/** The value of a count once it stops growing. */
async function settled(count: () => number): Promise<number> {
  for (let before = -1; before !== count(); await new Promise((resolve) => setTimeout(resolve, 50))) before = count();
  return count();
}
