import { describe, expect, test } from 'vitest';
import { isStream, settle } from './stream.ts';

async function* numbers(count: number, failure?: Error): AsyncGenerator<number> {
  for (let i = 0; i < count; i++) yield await Promise.resolve(i);
  if (failure !== undefined) throw failure;
}

function recorder() {
  const outcomes: unknown[] = [];
  return { outcomes, over: (error?: unknown) => void outcomes.push(error ?? 'ok') };
}

async function read<T>(stream: AsyncIterable<T>): Promise<T[]> {
  const items: T[] = [];
  for await (const item of stream) items.push(item);
  return items;
}

describe('settle', () => {
  test('says that a message is over when it is there', async () => {
    const { outcomes, over } = recorder();

    const response = await settle(() => Promise.resolve({ name: 'x' }), over);

    expect(response).toEqual({ name: 'x' });
    expect(outcomes).toEqual(['ok']);
  });

  test('says why a call failed, and lets the failure through', async () => {
    const { outcomes, over } = recorder();
    const failure = new Error('broken');

    await expect(settle(() => Promise.reject(failure), over)).rejects.toBe(failure);

    expect(outcomes).toEqual([failure]);
  });

  test('says that a stream is over when its last item is taken, not before', async () => {
    const { outcomes, over } = recorder();

    const stream = await settle(() => Promise.resolve(numbers(3)), over);

    expect(outcomes).toEqual([]);
    await expect(read(stream)).resolves.toEqual([0, 1, 2]);
    expect(outcomes).toEqual(['ok']);
  });

  test('says why a stream failed midway', async () => {
    const { outcomes, over } = recorder();
    const failure = new Error('broken');

    const stream = await settle(() => Promise.resolve(numbers(2, failure)), over);

    await expect(read(stream)).rejects.toBe(failure);
    expect(outcomes).toEqual([failure]);
  });

  test('says once that a stream is over when its reader stops early, and stops its producer', async () => {
    const { outcomes, over } = recorder();
    let stopped = false;
    async function* endless(): AsyncGenerator<number> {
      try {
        for (;;) yield await Promise.resolve(1);
      } finally {
        stopped = true;
      }
    }

    for await (const item of await settle(() => Promise.resolve(endless()), over)) if (item === 1) break;

    expect(outcomes).toEqual(['ok']);
    expect(stopped).toBe(true);
  });

  test('says once that a stream is over when its reader stops after its end', async () => {
    const { outcomes, over } = recorder();

    const stream: AsyncIterable<number> = await settle(() => Promise.resolve(numbers(1)), over);
    const items = stream[Symbol.asyncIterator]();
    while ((await items.next()).done !== true);
    await items.return?.();

    expect(outcomes).toEqual(['ok']);
  });
});

test('isStream tells a stream from a message', () => {
  expect(isStream(numbers(0))).toBe(true);
  expect([{}, null, 'text', [1]].map(isStream)).toEqual([false, false, false, false]);
});
