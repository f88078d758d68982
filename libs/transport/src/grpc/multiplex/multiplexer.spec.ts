import { Frame_Kind as Kind } from '@ko/contracts/transport';
import { createContext } from '@ko/endpoint';
import { expect, test } from 'vitest';
import { clientOf, openChannel } from '../testing.ts';
import { batchOf, foreignServer, framesOf, multiplexed, type ServerStream } from './testing.ts';

test('a multiplexer finishes its calls on a connection that the server is about to close, and makes no new ones there', async () => {
  const streams: ServerStream[] = [];
  const exchange = (stream: ServerStream): void => {
    streams.push(stream);
    stream.write(batchOf({ kind: Kind.SETTINGS, maxCalls: 10 }));
    stream.on('data', (bytes: Buffer) => {
      for (const { kind, call, message } of framesOf(bytes)) {
        if (kind !== Kind.REQUEST) continue;
        setTimeout(() => stream.write(batchOf({ kind: Kind.RESPONSE, call, message })), 1_000);
      }
    });
    stream.on('end', () => stream.end());
  };
  const address = await foreignServer(exchange, {
    'grpc.max_connection_age_ms': 500,
    'grpc.max_connection_age_grace_ms': 60_000,
  });
  const channel = openChannel(address);
  await multiplexed(channel);
  const first = clientOf(channel).echo({ count: 1 }, createContext());

  await expect.poll(() => channel.multiplexed).toBeUndefined();
  await expect(clientOf(channel).echo({ count: 2 }, createContext())).resolves.toMatchObject({ count: 2 });
  await expect(first).resolves.toMatchObject({ count: 1 });

  await expect.poll(() => streams[0]?.writableEnded).toBe(true);
});
