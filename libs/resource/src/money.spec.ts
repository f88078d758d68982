import { describe, expect, test } from 'vitest';
import { add, isPositive, moneyFault, multiply, type Money } from './money.ts';

const largest = 2n ** 63n - 1n;
const smallest = -(2n ** 63n);

describe('amounts add up exactly', () => {
  test('where floating point would not', () => {
    expect(add(eur(0n, 100_000_000), eur(0n, 200_000_000))).toEqual(eur(0n, 300_000_000));
  });

  test('carrying billionths over into units', () => {
    expect(add(eur(1n, 999_999_999), eur(0n, 1))).toEqual(eur(2n, 0));
  });

  test('across nothing, both parts keeping one sign', () => {
    expect(add(eur(1n, 0), eur(-1n, -500_000_000))).toEqual(eur(0n, -500_000_000));
    expect(add(eur(-1n, 0), eur(1n, 500_000_000))).toEqual(eur(0n, 500_000_000));
  });

  test('up to the largest there is, and no further', () => {
    expect(add(eur(largest, 0), eur(0n, 999_999_999))).toEqual(eur(largest, 999_999_999));
    expect(() => add(eur(largest, 999_999_999), eur(0n, 1))).toThrow(RangeError);
    expect(() => add(eur(smallest, -999_999_999), eur(0n, -1))).toThrow(RangeError);
  });

  test('in one currency only', () => {
    expect(() => add(eur(1n, 0), { ...eur(1n, 0), currency: 'USD' })).toThrow('cannot add USD to EUR');
  });
});

describe('amounts multiply exactly', () => {
  test.each([
    [eur(19n, 990_000_000), 3, eur(59n, 970_000_000)],
    [eur(0n, 1), 1_000_000_000, eur(1n, 0)],
    [eur(-2n, -500_000_000), 2, eur(-5n, 0)],
    [eur(7n, 1), 0, eur(0n, 0)],
  ])('%o times %d', (amount, times, product) => {
    expect(multiply(amount, times)).toEqual(product);
  });

  test('up to the largest there is, and no further', () => {
    expect(() => multiply(eur(largest, 0), 2)).toThrow(RangeError);
  });

  test('by whole numbers only', () => {
    expect(() => multiply(eur(1n, 0), 0.5)).toThrow(RangeError);
  });
});

describe('for any amounts', () => {
  const amounts = randomAmounts(300);

  test('sums and products are well-formed', () => {
    for (const [left, right, times] of amounts) {
      expect(moneyFault(add(left, right))).toBeUndefined();
      expect(moneyFault(multiply(left, times))).toBeUndefined();
    }
  });

  test('the order of adding does not matter', () => {
    for (const [left, right] of amounts) expect(add(left, right)).toEqual(add(right, left));
  });

  test('multiplying is adding again and again', () => {
    for (const [amount, , times] of amounts) {
      const sum = Array.from({ length: times }, () => amount).reduce(add, eur(0n, 0));
      expect(multiply(amount, times)).toEqual(sum);
    }
  });

  test('a product of a sum is the sum of the products', () => {
    for (const [left, right, times] of amounts) {
      expect(multiply(add(left, right), times)).toEqual(add(multiply(left, times), multiply(right, times)));
    }
  });
});

test('an amount is positive when any part of it is more than nothing', () => {
  expect(isPositive(eur(0n, 1))).toBe(true);
  expect(isPositive(eur(0n, 0))).toBe(false);
  expect(isPositive(eur(0n, -1))).toBe(false);
});

test.each([
  [{ currency: '', units: 1n, nanos: 0 }, 'currency_code', 'money.currency'],
  [{ currency: 'eur', units: 1n, nanos: 0 }, 'currency_code', 'money.currency'],
  [{ currency: 'EURO', units: 1n, nanos: 0 }, 'currency_code', 'money.currency'],
  [eur(largest + 1n, 0), 'units', 'money.units'],
  [eur(smallest - 1n, 0), 'units', 'money.units'],
  [eur(1n, 1_000_000_000), 'nanos', 'money.nanos'],
  [eur(1n, 0.5), 'nanos', 'money.nanos'],
  [eur(1n, -1), 'nanos', 'money.sign'],
  [eur(-1n, 1), 'nanos', 'money.sign'],
])('%o is no amount because of its %s', (value, part, rule) => {
  expect(moneyFault(value)).toMatchObject({ part, rule });
});

function eur(units: bigint, nanos: number): Money {
  return { currency: 'EUR', units, nanos };
}

/** Pairs of amounts of either sign, some with many units, and a small factor: the same at every run. */
function randomAmounts(count: number): readonly (readonly [Money, Money, number])[] {
  let state = 20_261_123;
  const random = (below: number): number => {
    state = (state * 48_271) % 2_147_483_647;
    return state % below;
  };
  const amount = (): Money => {
    const sign = random(2) === 0 ? 1 : -1;
    const units = BigInt(random(1_000_000_000)) * 10n ** BigInt(random(7));
    return eur(BigInt(sign) * units, sign * random(1_000_000_000) + 0);
  };
  return Array.from({ length: count }, () => [amount(), amount(), random(20)]);
}
