import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { Load } from './load.ts';

describe('load', () => {
  beforeEach(() => void vi.useFakeTimers({ toFake: ['performance'] }));
  afterEach(() => void vi.useRealTimers());

  test('rises with the calls in hand', () => {
    const load = new Load();
    load.observe(10);

    const idle = load.cost;
    load.begin();
    load.begin();

    expect(load.cost).toBeCloseTo(idle * 3);
  });

  test('rises at once with latency, and falls slowly', () => {
    const load = new Load();
    load.observe(10);

    load.observe(2_000);
    const peak = load.latency;
    load.observe(10);
    const next = load.latency;
    vi.advanceTimersByTime(60_000);

    expect(peak).toBe(2_000);
    expect(next).toBeGreaterThan(1_900);
    expect(load.latency).toBeLessThan(10);
  });

  test('is high where calls wait for a first answer', () => {
    const fresh = new Load();
    const known = new Load();
    known.observe(500);

    fresh.begin();
    known.begin();

    expect(fresh.cost).toBeGreaterThan(known.cost);
  });
});
