import { StatusError } from '@ko/endpoint';
import { expect, test } from 'vitest';
import type { OrderLine } from './order.ts';
import { totalOf } from './total.ts';

test('the total is the sum of quantities times prices', () => {
  const total = totalOf([
    line({ quantity: 3, units: 19n, nanos: 990_000_000 }),
    line({ quantity: 1, nanos: 30_000_000 }),
  ]);

  expect(total).toEqual({ currency: 'EUR', units: 60n, nanos: 0 });
});

test('all faulty prices are named at once', () => {
  const lines = [
    line({ units: 1n }),
    line({ currency: 'euro' }),
    line({ units: 0n, nanos: 0 }),
    line({ units: -1n }),
    line({ units: 1n, nanos: -1 }),
    line({ currency: 'USD', units: 1n }),
  ];

  expect(refusalOf(lines).violations.map(({ field, rule }) => [field, rule])).toEqual([
    ['lines[1].unit_price.currency_code', 'money.currency'],
    ['lines[2].unit_price', 'unit_price.positive'],
    ['lines[3].unit_price', 'unit_price.positive'],
    ['lines[4].unit_price.nanos', 'money.sign'],
    ['lines[5].unit_price.currency_code', 'lines.one_currency'],
  ]);
});

test('a line that is too large for any amount is refused', () => {
  expect(refusalOf([line({ quantity: 2, units: 2n ** 62n })]).violations).toMatchObject([
    { field: 'lines', rule: 'lines.total' },
  ]);
});

test('a sum that is too large for any amount is refused', () => {
  expect(refusalOf([line({ units: 2n ** 62n }), line({ units: 2n ** 62n })]).violations).toMatchObject([
    { field: 'lines', rule: 'lines.total' },
  ]);
});

test('nothing has no total', () => {
  expect(refusalOf([]).violations).toMatchObject([{ field: 'lines' }]);
});

function line({ quantity = 1, currency = 'EUR', units = 0n, nanos = 0 }): OrderLine {
  return { sku: 'TEA-1', quantity, unitPrice: { currency, units, nanos } };
}

function refusalOf(lines: readonly OrderLine[]): StatusError {
  try {
    totalOf(lines);
  } catch (error) {
    const refusal = StatusError.from(error);
    expect(refusal).toMatchObject({ code: 'invalid_argument', reason: 'ORDER_LINES_INVALID' });
    return refusal;
  }
  throw new Error('the lines have a total');
}
