import { createContext } from '@ko/endpoint';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Housekeeping } from './housekeeping.ts';

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
});
afterEach(() => {
  vi.useRealTimers();
});

test('chores are done at the start and again, though one before them fails, until it stops', async () => {
  const failures: unknown[] = [];
  const log = { ...createContext().log, error: (fields: object) => failures.push(fields) };
  let rounds = 0;
  const chores = {
    hopeless: () => Promise.reject(new Error('away')),
    useful: async () => {
      rounds += 1;
    },
  };
  const housekeeping = new Housekeeping(chores, 1000, log);

  await housekeeping.start();
  vi.advanceTimersByTime(1000);
  await housekeeping.stop();
  vi.advanceTimersByTime(1000);
  await housekeeping.stop();

  expect(rounds).toBe(2);
  expect(failures).toHaveLength(2);
  expect(failures[0]).toMatchObject({ chore: 'hopeless', err: { message: 'away' } });
});
