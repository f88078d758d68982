import { describe, expect, test } from 'vitest';
import { cleanOf, cpu, ratios, summaries } from './results.ts';
import { slice } from './testing/slice.ts';

describe('cleanOf', () => {
  test('leaves out what was disturbed', () => {
    const slices = [slice('a', 1, 10), slice('a', 2, 30, { disturbance: 0.5 }), slice('a', 3, 12)];

    expect(cleanOf(slices).map(({ round }) => round)).toEqual([1, 3]);
  });

  test('takes the least disturbed half where more was disturbed', () => {
    const slices = [
      slice('a', 1, 10, { disturbance: 0.4 }),
      slice('a', 2, 30, { disturbance: 0.5 }),
      slice('a', 3, 12, { disturbance: 0.2 }),
    ];

    expect(cleanOf(slices).map(({ round }) => round)).toEqual([3, 1]);
  });
});

describe('summaries', () => {
  test('are medians by target, and say how much counts', () => {
    const slices = [slice('a', 1, 10), slice('b', 1, 5), slice('a', 2, 30, { disturbance: 0.5 }), slice('a', 3, 12)];

    expect(summaries(slices)).toMatchObject([
      { target: 'a', clean: 2, of: 3, cpu: { gateway: 11 }, rate: 500, errors: 0 },
      { target: 'b', clean: 1, of: 1, cpu: { gateway: 5 }, noise: 0 },
    ]);
  });
});

describe('ratios', () => {
  test('are those of rounds in which both count', () => {
    const slices = [
      ...[slice('a', 1, 10), slice('b', 1, 5)],
      ...[slice('a', 2, 30), slice('b', 2, 5, { disturbance: 0.5 })],
      ...[slice('a', 3, 12), slice('b', 3, 4)],
    ];

    expect(ratios(slices, ['a', 'b'], cpu('gateway'))).toEqual([2, 3]);
  });

  test('are none of what was not measured', () => {
    expect(ratios([slice('a', 1, 10)], ['a', 'b'], cpu('gateway'))).toEqual([]);
    expect(ratios([slice('a', 1, 10), slice('b', 1, 10)], ['a', 'b'], cpu('service'))).toEqual([]);
  });
});
