import { getEventListeners, once } from 'node:events';
import { createServer } from 'node:net';
import { setImmediate } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { Health } from '@ko/contracts/grpc';
import { Frame_Kind as Kind } from '@ko/contracts/transport';
import { createContext, StatusError } from '@ko/endpoint';
import { collect } from '../conformance/connection.ts';
import { grpcChannel } from './channel.ts';
import { connect } from './connect.ts';
import { batchOf, foreignServer, multiplexed } from './multiplex/testing.ts';
import { clientOf, openChannel, startServer } from './testing.ts';

describe('a gRPC client', () => {
  test('fails as unavailable when nobody listens, and does not say where', async () => {
    const client = clientOf(openChannel(await freeAddress()));

    await expect(client.echo({}, createContext())).rejects.toMatchObject({
      code: 'unavailable',
      message: 'ko.conformance.v1.ConformanceService cannot be reached',
      cause: { details: expect.stringContaining('ECONNREFUSED') as string },
    });
  });

  test('finds a server again that was gone for a while', async () => {
    const { server } = await startServer();
    const client = clientOf(openChannel(server.address));
    await client.echo({}, createContext());
    await server.stop(0);
    await expect(client.echo({}, createContext())).rejects.toMatchObject({ code: 'unavailable' });

    await startServer({}, server.address);

    const count = async (): Promise<number> => (await client.echo({ count: 7 }, createContext())).count;
    await expect.poll(count, { timeout: 5_000 }).toBe(7);
  });

  test('fails when its channel is closed', async () => {
    const channel = grpcChannel('127.0.0.1:1');
    channel.close();

    await expect(clientOf(channel).echo({}, createContext())).rejects.toMatchObject({ code: 'unavailable' });
  });

  test('leaves no listener on a signal that outlives the call', async () => {
    const { server } = await startServer();
    const client = clientOf(openChannel(server.address));
    const context = createContext({ signal: new AbortController().signal });

    await client.echo({}, context);
    await expect(client.fail({ code: 5 }, context)).rejects.toThrow();
    for await (const { count } of await client.download({ count: 9 }, context)) if (count === 2) break;
    await collect(await client.download({ count: 2 }, context));

    await expect.poll(() => getEventListeners(context.signal, 'abort')).toEqual([]);
  });

  test('cancels a stream that nobody began to read', async () => {
    const { server, probe } = await startServer();
    const client = clientOf(openChannel(server.address));
    const closed = once(probe, 'closed');

    const books = await client.download({ count: 100_000, coverSize: 1_000 }, createContext());
    await books[Symbol.asyncIterator]().return?.();

    await closed;
  });

  test('leaves others their turn while it sends a stream that never waits', async () => {
    const { server } = await startServer();
    const client = clientOf(openChannel(server.address));
    let sent = 0;
    const books = async function* (): AsyncGenerator<{ count: number }> {
      while (sent < 1_000) yield { count: ++sent };
    };

    const answer = client.upload(books(), createContext());
    await setImmediate();

    expect(sent).toBeLessThan(100);
    await answer;
  });

  test('refuses metadata that gRPC cannot send', async () => {
    const client = clientOf(openChannel('127.0.0.1:1'));

    await expect(client.echo({}, createContext({ outgoing: { 'x-name': 'Gräfin' } }))).rejects.toMatchObject({
      code: 'invalid_argument',
      message: 'metadata "x-name" cannot be sent: names and values are printable ASCII',
    });
  });

  test('asks for health on a call of its own: the shared stream may be full of slow calls', async () => {
    const address = await foreignServer((stream) => stream.write(batchOf({ kind: Kind.SETTINGS, maxCalls: 1 })));
    const channel = openChannel(address);
    await multiplexed(channel);

    const check = connect(Health, channel).check({}, createContext({ deadline: Date.now() + 2_000 }));

    await expect(check).rejects.toMatchObject({ code: 'unimplemented' });
  });

  test.each([true, false])('tells what cannot be sent from a callee that fails, multiplexed: %s', async (multiplex) => {
    const { server } = await startServer();
    const channel = openChannel(server.address, { multiplex });
    if (multiplex) await multiplexed(channel);
    const client = clientOf(channel);

    await expect(client.echo({ count: 1.5 }, createContext())).rejects.not.toBeInstanceOf(StatusError);
    await expect(client.download({ count: 1.5 }, createContext())).rejects.not.toBeInstanceOf(StatusError);
  });

  test('takes no response larger than its limit', async () => {
    const { server } = await startServer();
    const client = clientOf(openChannel(server.address, { maxMessageSize: 1_000 }));

    const answer = client.echo({ cover: new Uint8Array(1_001) }, createContext());

    await expect(answer).rejects.toMatchObject({ code: 'resource_exhausted' });
  });
});

async function freeAddress(): Promise<string> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('no port');
  return `127.0.0.1:${String(address.port)}`;
}
