import { durationFromMs } from '@bufbuild/protobuf/wkt';
import { once } from 'node:events';
import { describe, expect, test } from 'vitest';
import { createContext, StatusError, type Context } from '@ko/endpoint';
import { collect, type Connection } from './connection.ts';

export function describeCancellation(connection: Connection): void {
  const call = async (): Promise<Context> => {
    // The types of `once` do not know those of the emitter.
    const [context] = (await once(connection.probe, 'call')) as [Context];
    return context;
  };

  describe('deadlines', () => {
    test('are known to the callee', async () => {
      const arrived = call();
      const deadline = Date.now() + 60_000;

      await connection.client.echo({}, createContext({ deadline }));

      const seen = (await arrived).deadline ?? 0;
      expect(Math.abs(seen - deadline)).toBeLessThan(1_000);
    });

    test('are none unless the caller has one', async () => {
      const arrived = call();

      await connection.client.echo({}, createContext());

      expect((await arrived).deadline).toBeUndefined();
    });

    test('end a call at once, though the callee goes on', async () => {
      const since = performance.now();

      const answer = connection.client.wait({}, createContext({ deadline: Date.now() + 100 }));

      await expect(answer).rejects.toMatchObject({ code: 'deadline_exceeded' });
      expect(performance.now() - since).toBeLessThan(2_000);
    });

    test('that have passed let no call begin', async () => {
      const answer = connection.client.echo({}, createContext({ deadline: Date.now() - 1 }));

      await expect(answer).rejects.toMatchObject({ code: 'deadline_exceeded' });
    });

    test('abort the signal of the callee, and say why', async () => {
      const arrived = call();
      const answer = connection.client.wait({}, createContext({ deadline: Date.now() + 1_000 }));
      const failed = expect(answer).rejects.toThrow();

      const { signal } = await arrived;
      if (!signal.aborted) await once(signal, 'abort');

      expect(signal.reason).toMatchObject({ code: 'deadline_exceeded' });
      await failed;
    });

    test('end a stream', async () => {
      const context = createContext({ deadline: Date.now() + 500 });
      const books = await connection.client.download({ count: 1_000, pause: durationFromMs(20) }, context);

      await expect(collect(books)).rejects.toMatchObject({ code: 'deadline_exceeded' });
    });
  });

  describe('cancellation', () => {
    test('ends a call with the reason of the caller, and aborts the signal of the callee', async () => {
      const controller = new AbortController();
      const reason = new StatusError('cancelled', 'the user has left');
      const arrived = call();
      const answer = connection.client.wait({}, createContext({ signal: controller.signal }));
      const failed = expect(answer).rejects.toBe(reason);
      const { signal } = await arrived;

      controller.abort(reason);

      await failed;
      if (!signal.aborted) await once(signal, 'abort');
      expect(signal.reason).toMatchObject({ code: 'cancelled' });
    });

    test('before a call keeps it from beginning', async () => {
      const reason = new StatusError('cancelled', 'the user has left');

      const answer = connection.client.echo({}, createContext({ signal: AbortSignal.abort(reason) }));

      await expect(answer).rejects.toBe(reason);
    });

    test('ends a stream that is being read', async () => {
      const controller = new AbortController();
      const reason = new StatusError('cancelled', 'the user has left');
      const context = createContext({ signal: controller.signal });
      const closed = once(connection.probe, 'closed');
      const books = await connection.client.download({ count: 1_000, pause: durationFromMs(5) }, context);

      const read = async (): Promise<void> => {
        for await (const { count } of books) if (count === 2) controller.abort(reason);
      };

      await expect(read()).rejects.toBe(reason);
      await closed;
    });

    test('after the answer harms nobody', async () => {
      const controller = new AbortController();
      const arrived = call();
      await connection.client.echo({}, createContext({ signal: controller.signal }));

      controller.abort();

      expect((await arrived).signal.aborted).toBe(false);
    });
  });
}
