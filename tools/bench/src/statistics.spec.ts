import { describe, expect, test } from 'vitest';
import { median, noise, quantile } from './statistics.ts';

describe('quantile', () => {
  test('is between two values where none is in the place', () => {
    expect(quantile([4, 1, 3, 2], 0.5)).toBe(2.5);
    expect(quantile([4, 1, 3, 2], 0.75)).toBe(3.25);
    expect(quantile([4, 1, 3, 2], 1)).toBe(4);
  });

  test('of nothing is not a number', () => {
    expect(quantile([], 0.5)).toBeNaN();
  });
});

test('the median does not care for what is far off', () => {
  expect(median([10, 11, 1_000])).toBe(11);
});

test('noise is the width of the middle half, as a share of the median', () => {
  expect(noise([9, 10, 11, 1, 100])).toBe(0.2);
});
