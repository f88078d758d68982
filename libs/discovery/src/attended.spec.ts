import { setTimeout as delay } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { withinAttended } from './attended.ts';

const never = async (signal: AbortSignal) =>
  new Promise<never>((_, reject) => signal.addEventListener('abort', () => reject(new Error('late'))));

/** Keeps the event loop busy, so that nothing else happens. */
function block(milliseconds: number): void {
  const end = performance.now() + milliseconds;
  while (performance.now() < end);
}

test('work that takes too long is told so', async () => {
  await expect(withinAttended(100, never)).rejects.toThrow('late');
});

test('work that is done in time is not', async () => {
  let signal: AbortSignal | undefined;

  const outcome = await withinAttended(1_000, async (given) => {
    signal = given;
    return Promise.resolve('done');
  });
  await delay(100);

  expect([outcome, signal?.aborted]).toEqual(['done', false]);
});

test('time in which the event loop was busy hardly counts', async () => {
  const outcome = withinAttended(400, async (signal) => {
    await delay(10);
    block(1_000);
    await delay(10);
    return signal.aborted;
  });

  expect(await outcome).toBe(false);
});
