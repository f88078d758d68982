import { once } from 'node:events';
import { describe, expect, test } from 'vitest';
import type { Context } from '@ko/endpoint';
import { createContext } from '@ko/endpoint';
import { collect, type Connection } from './connection.ts';

export function describeMetadata(connection: Connection): void {
  const call = async (): Promise<Context> => {
    // The types of `once` do not know those of the emitter.
    const [context] = (await once(connection.probe, 'call')) as [Context];
    return context;
  };

  describe('metadata', () => {
    test('goes with a call, and comes back with its answer', async () => {
      const context = createContext({ outgoing: { authorization: 'Bearer abc', 'x-color': 'blue, green' } });

      const { metadata } = await connection.client.returnMetadata({}, context);

      expect(metadata).toMatchObject({ authorization: 'Bearer abc' });
      expect(context.reply.get('x-request-id')).toBe(context.requestId);
    });

    test('that came in does not go on by itself', async () => {
      const context = createContext({ metadata: { authorization: 'Bearer abc' } });

      const { metadata } = await connection.client.returnMetadata({}, context);

      expect(metadata).not.toHaveProperty('authorization');
    });

    test('comes back when a stream begins', async () => {
      const context = createContext();

      const books = await connection.client.download({ count: 2 }, context);

      expect(context.reply.get('x-books')).toBe('2');
      await collect(books);
    });

    test('of the callee starts empty', async () => {
      const arrived = call();
      const context = createContext({ outgoing: { authorization: 'Bearer abc' } });
      context.reply.set('x-mine', 'yes');

      await connection.client.echo({}, context);

      const { outgoing, reply } = await arrived;
      expect(outgoing).toEqual({});
      expect(reply.has('x-mine')).toBe(false);
    });

    test('names the request: the callee knows it by the same id', async () => {
      const arrived = call();
      const context = createContext();

      await connection.client.echo({}, context);

      expect((await arrived).requestId).toBe(context.requestId);
    });
  });
}
