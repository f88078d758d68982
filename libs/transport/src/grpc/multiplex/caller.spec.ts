import { Metadata, status } from '@grpc/grpc-js';
import { ConformanceService } from '@ko/contracts/conformance';
import { Frame_Kind as Kind, MultiplexService } from '@ko/contracts/transport';
import { createContext } from '@ko/endpoint';
import { describe, expect, test, vi } from 'vitest';
import { asIs } from '../method.ts';
import { clientOf, openChannel, startServer } from '../testing.ts';
import { Caller } from './caller.ts';
import { maxBatch, maxHeld } from './limits.ts';
import { batchOf, foreignServer, framesOf, multiplexed, type ServerStream } from './testing.ts';

const path = `/${MultiplexService.typeName}/Exchange`;
const settings = batchOf({ kind: Kind.SETTINGS, maxCalls: 10 });

describe('a caller', () => {
  test('makes plain calls where the server does not multiplex, and does not ask it at each', async () => {
    let asked = 0;
    const address = await foreignServer((stream) => {
      asked++;
      stream.emit('error', { code: status.UNIMPLEMENTED, details: 'no such method' });
    });
    const client = clientOf(openChannel(address));

    for (let count = 0; count < 20; count++) {
      await expect(client.echo({ count }, createContext())).resolves.toMatchObject({ count });
    }

    expect(asked).toBe(1);
  });

  test('makes plain calls before the server says that it takes others', async () => {
    const address = await foreignServer(() => undefined);
    const channel = openChannel(address);

    await expect(clientOf(channel).echo({ count: 3 }, createContext())).resolves.toMatchObject({ count: 3 });

    expect(channel.multiplexed).toBeUndefined();
  });

  test('makes plain calls when it is told to', async () => {
    const { server } = await startServer();
    const channel = openChannel(server.address, { multiplex: false });

    await expect(clientOf(channel).echo({ count: 3 }, createContext())).resolves.toMatchObject({ count: 3 });

    expect(channel.multiplexed).toBeUndefined();
  });

  test('sends no more calls at once than the server takes', async () => {
    const requests: number[] = [];
    const address = await foreignServer((stream) => {
      stream.write(settings);
      stream.on('data', (bytes: Buffer) => {
        for (const { kind, call } of framesOf(bytes)) if (kind === Kind.REQUEST) requests.push(call);
      });
    });
    const channel = openChannel(address);
    await multiplexed(channel);
    const controller = new AbortController();
    const context = createContext({ signal: controller.signal });
    const calls = Array.from({ length: 30 }, async () => clientOf(channel).echo({}, context));

    await expect.poll(() => requests.length).toBe(10);
    controller.abort();

    await Promise.allSettled(calls);
    expect(requests).toHaveLength(10);
  });

  test('tells the server what is left of the deadline when a call has waited', async () => {
    const timeouts: number[] = [];
    const address = await foreignServer((stream) => {
      stream.write(batchOf({ kind: Kind.SETTINGS, maxCalls: 1 }));
      stream.on('data', (bytes: Buffer) => {
        for (const { kind, call, timeoutMs, message } of framesOf(bytes)) {
          if (kind !== Kind.REQUEST) continue;
          timeouts.push(timeoutMs);
          setTimeout(() => stream.write(batchOf({ kind: Kind.RESPONSE, call, message })), 200);
        }
      });
    });
    const channel = openChannel(address);
    await multiplexed(channel);
    const client = clientOf(channel);
    const deadline = Date.now() + 60_000;

    await Promise.all([deadline, deadline, undefined].map((at) => client.echo({}, createContext({ deadline: at }))));

    const [first = 0, second = 0, third] = timeouts;
    expect(first - second).toBeGreaterThanOrEqual(150);
    expect(third).toBe(0);
  });

  test('passes over what it does not know, from a server of a newer version', async () => {
    const address = await foreignServer((stream) => {
      stream.write(settings);
      stream.on('data', (bytes: Buffer) => {
        for (const { kind, call, message } of framesOf(bytes)) {
          if (kind !== Kind.REQUEST) continue;
          const unknownKind = batchOf({ kind: 77 as Kind, call }, { kind: 78 as Kind });
          const unknownField = Buffer.from([0xfa, 0x07, 2, 1, 2]);
          stream.write(Buffer.concat([unknownKind, unknownField, batchOf({ kind: Kind.RESPONSE, call, message })]));
        }
      });
    });
    const channel = openChannel(address);
    await multiplexed(channel);

    await expect(clientOf(channel).echo({ name: 'x' }, createContext())).resolves.toMatchObject({ name: 'x' });
  });

  test('fails its calls when the server sends no frames, and makes plain ones from then on', async () => {
    const address = await foreignServer((stream) => {
      stream.write(settings);
      stream.on('data', () => stream.write(Buffer.from('HTTP/1.1 400 Bad Request\r\n\r\n')));
    });
    const channel = openChannel(address);
    await multiplexed(channel);
    const client = clientOf(channel);

    await expect(client.echo({}, createContext())).rejects.toMatchObject({
      code: 'unavailable',
      message: 'ko.conformance.v1.ConformanceService cannot be reached',
      cause: { name: 'MalformedBatch' },
    });

    await expect(client.echo({ count: 3 }, createContext())).resolves.toMatchObject({ count: 3 });
  });

  test('is not confused by answers to calls that it did not make', async () => {
    const address = await foreignServer((stream) => {
      stream.write(settings);
      stream.on('data', (bytes: Buffer) => {
        for (const { kind, call, message } of framesOf(bytes)) {
          if (kind !== Kind.REQUEST) continue;
          stream.write(batchOf({ kind: Kind.RESPONSE, call: call + 1 }, { kind: Kind.FAILURE, call: call + 2 }));
          stream.write(batchOf({ kind: Kind.RESPONSE, call, message }, { kind: Kind.RESPONSE, call, message }));
        }
      });
    });
    const channel = openChannel(address);
    await multiplexed(channel);

    await expect(clientOf(channel).echo({ count: 3 }, createContext())).resolves.toMatchObject({ count: 3 });
  });

  test('gives up a server that gives no sign of life, and is not fooled by being busy itself', async () => {
    let pings = 0;
    const address = await foreignServer((stream) => {
      let isAsked = false;
      stream.write(settings);
      stream.on('data', (bytes: Buffer) => {
        for (const { kind } of framesOf(bytes)) {
          isAsked ||= kind === Kind.REQUEST;
          if (isAsked && kind === Kind.PING) pings++;
        }
        if (pings < 3) stream.write(batchOf({ kind: Kind.PONG }));
      });
    });
    const channel = openChannel(address, { keepalive: 100 });
    await multiplexed(channel);
    const since = performance.now();
    while (performance.now() - since < 400);

    await expect(clientOf(channel).wait({}, createContext())).rejects.toMatchObject({
      code: 'unavailable',
      cause: { message: 'the server gives no sign of life' },
    });

    expect(pings).toBeGreaterThanOrEqual(3);
  });

  test('does not hold more and more while the server does not read', async () => {
    const { promise: isOpen, resolve: open } = Promise.withResolvers<ServerStream>();
    const address = await foreignServer((stream) => {
      stream.write(batchOf({ kind: Kind.SETTINGS, maxCalls: 1_000 }));
      open(stream);
    });
    const channel = openChannel(address);
    await multiplexed(channel);
    const client = clientOf(channel);
    const name = 'x'.repeat(30_000);
    for (let made = 0; made < 3 * maxHeld; made += 100 * name.length) {
      const controller = new AbortController();
      const context = createContext({ signal: controller.signal });
      const calls = Array.from({ length: 100 }, async () => client.echo({ name }, context));
      setImmediate(() => controller.abort());
      await Promise.allSettled(calls);
    }

    channel.close();
    const batches = await (await isOpen).toArray();

    expect(Buffer.concat(batches as Buffer[]).byteLength).toBeLessThan(2 * maxHeld);
  });

  test('finishes its calls on a stream that is drained, and makes no new ones there', async () => {
    const streams: ServerStream[] = [];
    const address = await foreignServer((stream) => {
      streams.push(stream);
      stream.write(settings);
      stream.on('data', (bytes: Buffer) => {
        for (const { kind, call, message } of framesOf(bytes)) {
          if (kind !== Kind.REQUEST) continue;
          stream.write(batchOf({ kind: Kind.DRAIN }));
          setTimeout(() => stream.write(batchOf({ kind: Kind.RESPONSE, call, message })), 100);
        }
      });
      stream.on('end', () => stream.end());
    });
    const channel = openChannel(address);
    await multiplexed(channel);
    const first = clientOf(channel).echo({ count: 1 }, createContext());
    await expect.poll(() => channel.multiplexed).toBeUndefined();

    await expect(clientOf(channel).echo({ count: 2 }, createContext())).resolves.toMatchObject({ count: 2 });
    await expect(first).resolves.toMatchObject({ count: 1 });

    expect(streams).toHaveLength(1);
    await expect.poll(() => streams[0]?.writableEnded).toBe(true);
  });

  test('makes no more calls than it has numbers for, and finishes those that it has', async () => {
    const { server } = await startServer();
    const { client } = openChannel(server.address, { multiplex: false });
    const stream = client.makeBidiStreamRequest<Buffer, Buffer>(path, asIs, asIs, new Metadata(), {});
    const over = vi.fn<() => void>();
    const caller = new Caller(stream, { maxMessageSize: maxBatch, keepalive: 60_000, lastCall: 3, over });
    await expect.poll(() => caller.isOpen).toBe(true);
    const method = `${ConformanceService.typeName}/Echo`;
    const callable = { method, contract: ConformanceService.typeName, decode: (message: Buffer) => message.byteLength };
    const call = async (): Promise<unknown> => caller.call(callable, new Uint8Array(), createContext());

    const answers = [call(), call()];
    const wasOpen = caller.isOpen;
    answers.push(call());
    const isOpen = caller.isOpen;

    expect([wasOpen, isOpen]).toEqual([true, false]);
    expect(over.mock.calls).toEqual([[]]);
    await expect(Promise.all(answers)).resolves.toEqual([0, 0, 0]);
    await expect.poll(() => stream.writableEnded).toBe(true);
  });
});
