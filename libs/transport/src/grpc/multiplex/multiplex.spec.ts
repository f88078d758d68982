import { durationFromMs } from '@bufbuild/protobuf/wkt';
import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { ConformanceService, type Book } from '@ko/contracts/conformance';
import { createContext, makeEndpoints, type Context } from '@ko/endpoint';
import { describe, expect, onTestFinished, test } from 'vitest';
import { grpcServer, serve } from '../server.ts';
import { clientOf, openChannel, startServer } from '../testing.ts';
import { maxBatch, maxCalls, maxWaiting } from './limits.ts';
import { multiplexed } from './testing.ts';

/** Both ends of a stream, already open. */
async function connected(...options: Parameters<typeof startServer>) {
  const { server, probe } = await startServer(...options);
  const channel = openChannel(server.address);
  await multiplexed(channel);
  return { server, probe, channel, client: clientOf(channel) };
}

/** A client of a server that echoes a cover of as many bytes as the count of the book. */
async function library(options?: Parameters<typeof openChannel>[1], etag = (count: number): string => String(count)) {
  const server = grpcServer('127.0.0.1:0');
  const endpoints = makeEndpoints(ConformanceService, () => async (book, context) => {
    const { count } = book as Book;
    const { reply } = context as Context;
    reply.set('etag', etag(count));
    return { count, cover: new Uint8Array(count) };
  });
  serve(server, ConformanceService, endpoints);
  await server.start();
  onTestFinished(async () => server.stop(0));
  const channel = openChannel(server.address, options);
  await multiplexed(channel);
  return clientOf(channel);
}

describe('calls that share a stream', () => {
  test('are refused when too many wait for their turn, and go on when there is room again', async () => {
    const { client } = await connected();
    const controller = new AbortController();
    const holding = Array.from({ length: maxCalls + maxWaiting }, () =>
      client.wait({}, createContext({ signal: controller.signal })),
    );
    const held = Promise.allSettled(holding);

    await expect(client.echo({}, createContext())).rejects.toMatchObject({
      code: 'resource_exhausted',
      reason: 'TOO_MANY_CALLS',
      retryAfter: expect.any(Number) as number,
    });
    controller.abort();
    await held;

    await expect(client.echo({ name: 'x' }, createContext())).resolves.toMatchObject({ name: 'x' });
  });

  test('wait for their turn beyond what the server takes at once', async () => {
    const { client } = await connected();
    const calls = Array.from({ length: maxCalls + 500 }, async (_, count) =>
      client.echo({ count }, createContext({ deadline: Date.now() + 60_000 })),
    );

    const answers = await Promise.all(calls);

    expect(answers.map(({ count }) => count)).toEqual(calls.map((_, count) => count));
  });

  test('that wait end at their deadline, and when their caller goes', async () => {
    const { client } = await connected();
    const controller = new AbortController();
    const filling = new AbortController();
    const held = Promise.allSettled(
      Array.from({ length: maxCalls }, () => client.wait({}, createContext({ signal: filling.signal }))),
    );

    const late = client.echo({}, createContext({ deadline: Date.now() + 50 }));
    const left = client.echo({}, createContext({ signal: controller.signal }));
    const failed = Promise.all([
      expect(late).rejects.toMatchObject({ code: 'deadline_exceeded' }),
      expect(left).rejects.toMatchObject({ code: 'cancelled' }),
    ]);
    controller.abort();

    await failed;
    filling.abort();
    await held;
  });

  test('leave the queue when they are given up', async () => {
    const { client } = await connected();
    const filling = new AbortController();
    const controller = new AbortController();
    const wait = async (signal: AbortSignal): Promise<unknown> => client.wait({}, createContext({ signal }));
    const held = Promise.allSettled(Array.from({ length: maxCalls }, async () => wait(filling.signal)));
    const left = Promise.allSettled(Array.from({ length: maxWaiting }, async () => wait(controller.signal)));
    controller.abort();
    await left;

    const next = client.echo({ name: 'x' }, createContext());
    const answered = expect(next).resolves.toMatchObject({ name: 'x' });
    filling.abort();

    await answered;
    await held;
  });

  test('are not held up by a large answer, which comes in pieces', async () => {
    const client = await library();
    const order: number[] = [];
    const ask = async (count: number): Promise<void> => {
      const { cover } = await client.echo({ count }, createContext());
      order.push(cover.byteLength);
    };

    await Promise.all([ask(4_000_000), ask(1_000_000), ...Array.from({ length: 50 }, async () => ask(10))]);

    expect(order).toEqual([...Array.from({ length: 50 }, () => 10), 1_000_000, 4_000_000]);
  });

  test('take no answer that is larger than their limit', async () => {
    const client = await library({ maxMessageSize: 100_000 });

    const answer = client.echo({ count: 100_001 }, createContext());

    await expect(answer).rejects.toMatchObject({ code: 'resource_exhausted' });
    await expect(client.echo({ count: 99_000 }, createContext())).resolves.toMatchObject({ count: 99_000 });
  });

  test('bring requests and metadata of any size to a server that takes 64 KiB', async () => {
    const { channel, client } = await connected({ maxMessageSize: maxBatch });
    const echo = async (length: number, metadata: number): Promise<number> => {
      const outgoing = { 'x-long': 'y'.repeat(metadata) };
      const { name } = await client.echo({ name: 'x'.repeat(length) }, createContext({ outgoing }));
      return name.length;
    };

    const answers = await Promise.all([echo(31_700, 800), echo(32_700, 800), echo(32_000, 40_000), echo(10, 40_000)]);

    expect(answers).toEqual([31_700, 32_700, 32_000, 10]);
    expect(channel.multiplexed).toBeDefined();
  });

  test('fail when the metadata of the answer are larger than a batch takes; others go on', async () => {
    const client = await library(undefined, (count) => 'y'.repeat(count));

    const large = client.echo({ count: 33_000 }, createContext());

    await expect(large).rejects.toMatchObject({ code: 'resource_exhausted' });
    await expect(client.echo({ count: 32_000 }, createContext())).resolves.toMatchObject({ count: 32_000 });
  });

  test('that are cancelled make room, and reach the callee', async () => {
    const { client, probe } = await connected();
    const controller = new AbortController();
    const arrived = once(probe, 'call') as Promise<[Context]>;
    const answer = client.wait({}, createContext({ signal: controller.signal }));
    const failed = expect(answer).rejects.toMatchObject({ code: 'cancelled' });
    const [{ signal }] = await arrived;

    controller.abort();
    await failed;

    await expect.poll(() => signal.aborted).toBe(true);
  });
});

describe('a server that stops', () => {
  test('answers all that it has begun, and all that was under way to it', async () => {
    const { server, channel, client, probe } = await connected();
    const begun = new Set<string>();
    const answered = new Set<string>();
    probe.on('call', ({ requestId }) => begun.add(requestId));
    let isStopped = false;
    const load = Array.from({ length: 20 }, async () => {
      while (!isStopped) {
        const context = createContext();
        const ok = await client.echo({}, context).then(
          () => true,
          () => false,
        );
        if (ok) answered.add(context.requestId);
      }
    });
    await delay(200);

    await server.stop();
    isStopped = true;
    await Promise.all(load);

    expect(begun.size).toBeGreaterThan(100);
    expect([...begun].filter((id) => !answered.has(id))).toEqual([]);
    expect(channel.multiplexed).toBeUndefined();
  });

  test('lets a call finish that takes long', async () => {
    const { server, client, probe } = await connected();
    const arrived = once(probe, 'call');
    const answer = client.wait({ duration: durationFromMs(300) }, createContext());
    await arrived;

    const stopped = server.stop();

    await expect(answer).resolves.toBeDefined();
    await stopped;
  });

  test('cuts what outlasts the grace', async () => {
    const { server, client, probe } = await connected();
    const arrived = once(probe, 'call') as Promise<[Context]>;
    const failed = expect(client.wait({}, createContext())).rejects.toMatchObject({
      code: 'unavailable',
      reason: 'UNREACHABLE',
    });
    const [{ signal }] = await arrived;

    await server.stop(50);

    await failed;
    await expect.poll(() => signal.aborted).toBe(true);
  });

  test('is found again when it is back', async () => {
    const { server, channel, client } = await connected();
    await server.stop(0);

    await startServer({}, server.address);

    await expect.poll(() => channel.multiplexed, { timeout: 5_000 }).toBeDefined();
    await expect(client.echo({ count: 7 }, createContext())).resolves.toMatchObject({ count: 7 });
  });
});
