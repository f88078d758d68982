import { describe, expect, test } from 'vitest';
import { digits, percent, table } from './table.ts';

test('table lays its columns out as Prettier does', () => {
  expect(
    table([
      ['who', 'us'],
      ['whatever is', '1,000'],
    ]),
  ).toBe(['| who         |    us |', '| ----------- | ----: |', '| whatever is | 1,000 |'].join('\n'));
});

describe('digits', () => {
  test.each([
    [51_700.4, '51,700'],
    [123.45, '123'],
    [12.345, '12.3'],
    [1.2345, '1.23'],
    [0.6543, '0.654'],
    [0, '0'],
    [Number.NaN, '–'],
  ])('of %d are %s', (value, text) => {
    expect(digits(value)).toBe(text);
  });
});

test('percent has no fractions', () => {
  expect([0.123, 1, Number.NaN].map(percent)).toEqual(['12 %', '100 %', '–']);
});
