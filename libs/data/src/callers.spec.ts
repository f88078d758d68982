import { expect, test } from 'vitest';
import { doneFor, joinable, leftSignal } from './callers.ts';

/** Joins what is begun in a tick, and does it under the context of the first, as Prisma does with lookups. */
function joiner() {
  let tick: Promise<AbortSignal | undefined> | undefined;
  return () =>
    (tick ??= new Promise((resolve) => {
      process.nextTick(() => {
        tick = undefined;
        resolve(leftSignal());
      });
    }));
}

test('work that is done for one caller ends with them, however deep', async () => {
  const { signal } = new AbortController();

  const seen = await doneFor(signal, async () => {
    await Promise.resolve();
    return leftSignal();
  });

  expect(seen).toBe(signal);
  expect(leftSignal()).toBeUndefined();
});

test('work that is joined ends when the last of its callers has gone', async () => {
  const join = joinable();
  const lookup = joiner();
  const [first, second] = [new AbortController(), new AbortController()];

  const [seen, same] = await Promise.all([
    doneFor(first.signal, () => join(lookup)),
    doneFor(second.signal, () => join(lookup)),
  ]);

  expect(seen).toBe(same);
  first.abort();
  expect(seen?.aborted).toBe(false);
  second.abort();
  expect(seen?.aborted).toBe(true);
});

test('work that is joined by somebody who never goes does not end', async () => {
  const join = joinable();
  const lookup = joiner();

  const [seen] = await Promise.all([doneFor(AbortSignal.abort(), () => join(lookup)), join(lookup)]);

  expect(seen).toBeUndefined();
});

test('callers of different ticks have nothing to do with each other', async () => {
  const join = joinable();
  const lookup = joiner();
  const [first, second] = [new AbortController(), new AbortController()];

  const seen = [await doneFor(first.signal, () => join(lookup)), await doneFor(second.signal, () => join(lookup))];

  expect(seen).toEqual([first.signal, second.signal]);
  expect(seen[0]).toBe(first.signal);
});
