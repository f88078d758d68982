import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Alarms, type Waiting } from './alarms.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

function waiting(milliseconds: number, late: () => void): Waiting {
  return { at: performance.now() + milliseconds, late, place: -1 };
}

test('each is told at its time, and once, in whichever order they came', () => {
  const alarms = new Alarms();
  const told: string[] = [];
  alarms.add(waiting(20, () => told.push('second')));
  alarms.add(waiting(10, () => told.push('first')));
  alarms.add(waiting(30, () => told.push('third')));

  vi.advanceTimersByTime(9);
  const early = [...told];
  vi.advanceTimersByTime(11);
  const later = [...told];
  vi.advanceTimersByTime(1_000);

  expect(early).toEqual([]);
  expect(later).toEqual(['first', 'second']);
  expect(told).toEqual(['first', 'second', 'third']);
});

test('who does not wait any more hears nothing, and keeps nobody else from it', () => {
  const alarms = new Alarms();
  const told: string[] = [];
  const gone = waiting(10, () => told.push('gone'));
  alarms.add(gone);
  alarms.add(waiting(10.5, () => told.push('there')));

  alarms.delete(gone);
  vi.advanceTimersByTime(20);

  expect(told).toEqual(['there']);
});

test('one that is added while others are told is told at its own time', () => {
  const alarms = new Alarms();
  const told: string[] = [];
  alarms.add(
    waiting(10, () => {
      told.push('first');
      alarms.add(waiting(5, () => told.push('second')));
    }),
  );
  alarms.add(waiting(100, () => told.push('third')));

  vi.advanceTimersByTime(16);

  expect(told).toEqual(['first', 'second']);
});

test('its one timer is left to itself when nobody waits', () => {
  const alarms = new Alarms();
  const one = waiting(10_000, () => {});

  for (let call = 0; call < 3; call++) {
    alarms.add(one);
    expect(vi.getTimerCount()).toBe(1);
    alarms.delete(one);
  }

  vi.advanceTimersByTime(10_000);
  expect(vi.getTimerCount()).toBe(0);
});
