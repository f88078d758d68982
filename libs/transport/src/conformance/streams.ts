import { durationFromMs } from '@bufbuild/protobuf/wkt';
import { once } from 'node:events';
import { describe, expect, test } from 'vitest';
import { createContext, StatusError } from '@ko/endpoint';
import { collect, streamOf, type Connection } from './connection.ts';
import { stopAfter } from './implementation.ts';

export function describeResponseStreams(connection: Connection): void {
  describe('a stream of responses', () => {
    test('keeps its order', async () => {
      const books = await collect(await connection.client.download({ count: 200 }, createContext()));

      expect(books.map(({ count }) => count)).toEqual(Array.from({ length: 200 }, (_, index) => index + 1));
    });

    test('may be empty', async () => {
      expect(await collect(await connection.client.download({ count: 0 }, createContext()))).toEqual([]);
    });

    test('that fails midway gives what came before', async () => {
      const seen: number[] = [];
      const read = async (): Promise<void> => {
        const books = await connection.client.download({ count: 5, failWith: 8 }, createContext());
        for await (const { count } of books) seen.push(count);
      };

      await expect(read()).rejects.toMatchObject({
        code: 'resource_exhausted',
        message: 'no more books',
        reason: 'SOLD_OUT',
      });
      expect(seen).toEqual([1, 2, 3, 4, 5]);
    });

    test('stops when its reader does', async () => {
      const closed = once(connection.probe, 'closed');
      const seen: number[] = [];

      for await (const { count } of await connection.client.download(
        { count: 10_000, pause: durationFromMs(2) },
        createContext(),
      )) {
        seen.push(count);
        if (count === 3) break;
      }

      await closed;
      expect(seen).toEqual([1, 2, 3]);
    });

    test('waits for a slow reader', async () => {
      let made = 0;
      const count = (book: number): void => {
        made = book;
      };
      connection.probe.on('book', count);
      const closed = once(connection.probe, 'closed');
      const books = await connection.client.download({ count: 2_000, coverSize: 65_536 }, createContext());
      const items = books[Symbol.asyncIterator]();
      await items.next();

      await settled(() => made);

      // What it has not read lies in buffers of some megabytes at most.
      expect(made).toBeLessThan(500);
      await items.return?.();
      await closed;
      connection.probe.off('book', count);
    });
  });
}

export function describeRequestStreams(connection: Connection): void {
  describe('a stream of requests', () => {
    test('arrives whole', async () => {
      const books = Array.from({ length: 100 }, () => ({ cover: new Uint8Array(1_000) }));

      const answer = await connection.client.upload(streamOf(...books), createContext());

      expect(answer).toMatchObject({ books: 100, bytes: 100_000n });
    });

    test('may be empty', async () => {
      expect(await connection.client.upload(streamOf(), createContext())).toMatchObject({ books: 0, bytes: 0n });
    });

    test('is let go when the callee answers before its end', async () => {
      let released = false;
      const endless = async function* (): AsyncGenerator<{ count: number }> {
        try {
          for (let count = 1; ; count++) yield { count };
        } finally {
          released = true;
        }
      };

      const answer = await connection.client.upload(endless(), createContext());

      expect(answer.books).toBe(stopAfter);
      await expect.poll(() => released).toBe(true);
    });

    test('that fails fails the call', async () => {
      const failing = async function* (): AsyncGenerator<{ count: number }> {
        yield { count: 1 };
        throw new StatusError('data_loss', 'the shelf fell over');
      };

      const answer = connection.client.upload(failing(), createContext());

      await expect(answer).rejects.toMatchObject({ code: 'data_loss', message: 'the shelf fell over' });
    });
  });

  describe('streams both ways', () => {
    test('are answered item by item', async () => {
      const asked: number[] = [];
      const requests = async function* (): AsyncGenerator<{ count: number }> {
        for (const count of [1, 2, 3]) {
          asked.push(count);
          yield { count };
          await answered(count);
        }
      };
      const { answered, answer } = turns();
      const books = await connection.client.exchange(requests(), createContext());

      const seen: number[] = [];
      for await (const { count } of books) {
        seen.push(count);
        expect(asked).toEqual(seen);
        answer(count);
      }

      expect(seen).toEqual([1, 2, 3]);
    });

    test('stop when the reader does', async () => {
      const closed = once(connection.probe, 'closed');
      const endless = async function* (): AsyncGenerator<{ count: number }> {
        for (let count = 1; ; count++) yield { count };
      };

      for await (const { count } of await connection.client.exchange(endless(), createContext())) {
        if (count === 3) break;
      }

      await closed;
    });
  });
}

/** Lets one side wait until the other has come to a number. */
function turns(): { answer(turn: number): void; answered(turn: number): Promise<undefined> } {
  const waits = new Map<number, PromiseWithResolvers<undefined>>();
  const wait = (turn: number): PromiseWithResolvers<undefined> => {
    const known = waits.get(turn) ?? Promise.withResolvers<undefined>();
    waits.set(turn, known);
    return known;
  };
  return { answer: (turn) => wait(turn).resolve(undefined), answered: (turn) => wait(turn).promise };
}

/** Waits until a value does not change any more. */
async function settled(value: () => number): Promise<void> {
  let last = -1;
  await expect.poll(() => last === (last = value()), { interval: 100, timeout: 5_000 }).toBe(true);
}
