import { getEventListeners } from 'node:events';
import { describe, expect, test } from 'vitest';
import { StatusError } from './status-error.ts';
import { abortable, abortAt, orAborted, type StreamEnd } from './abort.ts';

const reason = new StatusError('cancelled', 'the user has left');

describe('work that may be aborted', () => {
  test('rejects with the reason while it goes on', async () => {
    const controller = new AbortController();
    const outcome = orAborted(new Promise(() => {}), controller.signal);

    controller.abort(reason);

    await expect(outcome).rejects.toBe(reason);
  });

  test('leaves no listener behind', async () => {
    const { signal } = new AbortController();

    expect(await orAborted(Promise.resolve(1), signal)).toBe(1);
    await expect(orAborted(Promise.reject(reason), signal)).rejects.toBe(reason);

    expect(getEventListeners(signal, 'abort')).toEqual([]);
  });

  test('does not begin to wait when it is aborted already, and minds no failure of the work', async () => {
    const signal = AbortSignal.abort(reason);

    await expect(orAborted(Promise.reject(new Error('late')), signal)).rejects.toBe(reason);

    expect(getEventListeners(signal, 'abort')).toEqual([]);
  });

  test('is aborted at once when its deadline has passed', () => {
    const controller = new AbortController();

    expect(abortAt(Date.now() - 1, controller)).toBeUndefined();

    expect(controller.signal.reason).toMatchObject({ code: 'deadline_exceeded' });
  });
});

describe('a stream that may be aborted', () => {
  test('says once how it ended', async () => {
    const ends: StreamEnd[] = [];
    const stream = (): AsyncIterable<number> => abortable(numbers(2), AbortSignal.any([]), (end) => ends.push(end));

    for await (const item of stream()) expect(item).toBeGreaterThan(0);
    for await (const item of stream()) if (item === 1) break;

    expect(ends).toEqual(['ended', 'left']);
  });

  test('does not wait for a source that ignores the signal', async () => {
    const controller = new AbortController();
    const stuck = async function* (): AsyncGenerator<number> {
      yield await new Promise<number>(() => {});
    };
    const next = abortable(stuck(), controller.signal)[Symbol.asyncIterator]().next();

    controller.abort(reason);

    await expect(next).rejects.toBe(reason);
  });
});

describe('a stream that is aborted while nobody reads it', () => {
  test('is over at once, lets its source go, and tells its reader why, once', async () => {
    const controller = new AbortController();
    const events: string[] = [];
    const source = async function* (): AsyncGenerator<number> {
      try {
        yield* numbers(3);
      } finally {
        events.push('let go');
      }
    };
    const items = abortable(source(), controller.signal, (end) => events.push(end))[Symbol.asyncIterator]();
    await items.next();

    controller.abort(reason);

    await expect.poll(() => events).toEqual(['failed', 'let go']);
    await expect(items.next()).rejects.toBe(reason);
    await expect(items.next()).resolves.toMatchObject({ done: true });
    expect(getEventListeners(controller.signal, 'abort')).toEqual([]);
  });

  test('is over before it begins when that was so before', async () => {
    const ends: StreamEnd[] = [];

    const items = abortable(numbers(1), AbortSignal.abort(reason), (end) => ends.push(end))[Symbol.asyncIterator]();

    expect(ends).toEqual(['failed']);
    await expect(items.next()).rejects.toBe(reason);
  });
});

async function* numbers(count: number): AsyncGenerator<number> {
  for (let n = 1; n <= count; n++) yield n;
}
