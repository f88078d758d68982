import { describe, expect, test } from 'vitest';
import { Histogram } from './histogram.ts';

describe('Histogram', () => {
  test('tells small values exactly', () => {
    const histogram = new Histogram();
    for (let value = 1; value <= 100; value++) histogram.record(value);

    expect(histogram.quantile(0.5)).toBe(50);
    expect(histogram.quantile(0.99)).toBe(99);
    expect(histogram.quantile(1)).toBe(100);
  });

  test.each([127, 128, 129, 1_000, 65_535, 1_234_567, 2 ** 31])('tells %i to within 2 %%', (value) => {
    const histogram = new Histogram();
    histogram.record(value);
    histogram.record(2 ** 32 - 1);

    expect(histogram.quantile(0.5)).toBeGreaterThanOrEqual(value);
    expect(histogram.quantile(0.5)).toBeLessThanOrEqual(value * 1.02);
  });

  test('never tells more than the highest value', () => {
    const histogram = new Histogram();
    histogram.record(1_000_003);

    expect(histogram.quantile(0.999)).toBe(1_000_003);
    expect(histogram.max).toBe(1_000_003);
  });

  test('has nothing to tell when empty, also after a reset', () => {
    const histogram = new Histogram();
    histogram.record(5);
    histogram.reset();

    expect([histogram.total, histogram.max, histogram.quantile(0.99)]).toEqual([0, 0, 0]);
  });
});
