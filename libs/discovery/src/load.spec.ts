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

  test('does not fall with calls that nobody waited for, but rises with them', () => {
    const load = new Load();
    load.observe(100);

    vi.advanceTimersByTime(1_000);
    const faded = load.latency;
    load.unanswered(10);
    const left = load.latency;
    load.unanswered(500);

    expect(left).toBe(faded);
    expect(load.latency).toBe(500);
  });

  test('is as if an instance had in hand what it has refused in the last second', () => {
    const load = new Load();
    load.observe(10);
    const idle = load.cost;

    for (let call = 0; call < 5; call++) load.refused();
    const refusing = load.cost;
    vi.advanceTimersByTime(10_000);
    const later = load.cost;

    expect(refusing).toBeCloseTo(idle * 6);
    expect(later).toBeLessThan(idle);
  });

  test('keeps its latency while calls are refused', () => {
    const load = new Load();
    load.observe(10);

    vi.advanceTimersByTime(30_000);
    load.refused();

    expect(load.latency).toBe(10);
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
