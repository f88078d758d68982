import { create } from '@bufbuild/protobuf';
import { MoneySchema } from '@ko/contracts/money';
import { expect, test } from 'vitest';
import { moneyFrom, toMoneyMessage } from './money-message.ts';

test('an amount comes back as it went', () => {
  const amount = { currency: 'EUR', units: -4n, nanos: -500_000_000 };

  expect(moneyFrom(create(MoneySchema, toMoneyMessage(amount)), 'price')).toEqual(amount);
});

test.each([
  ['nothing', undefined, 'price.currency_code'],
  ['a currency in small letters', { currencyCode: 'eur', units: 1n }, 'price.currency_code'],
  ['a part of the other sign', { currencyCode: 'EUR', units: 1n, nanos: -1 }, 'price.nanos'],
])('%s is no amount', (_, init, field) => {
  expect(() => moneyFrom(init && create(MoneySchema, init), 'price')).toThrow(
    expect.objectContaining({ code: 'invalid_argument', violations: [expect.objectContaining({ field })] }),
  );
});
