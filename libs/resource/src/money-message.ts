import type { Money as MoneyMessage } from '@ko/contracts/money';
import { StatusError } from '@ko/endpoint';
import { moneyFault, type Money } from './money.ts';

/** The amount in a field of a request. Throws `invalid_argument` for one that is none, saying which part is wrong. */
export function moneyFrom(message: MoneyMessage | undefined, field: string): Money {
  const { currencyCode = '', units = 0n, nanos = 0 } = message ?? {};
  const money = { currency: currencyCode, units, nanos };
  const fault = moneyFault(money);
  if (fault === undefined) return money;
  const { part, rule, description } = fault;
  throw new StatusError('invalid_argument', `${field}.${part} ${description}`, {
    violations: [{ field: `${field}.${part}`, rule, description }],
  });
}

export function toMoneyMessage({ currency, units, nanos }: Money) {
  return { currencyCode: currency, units, nanos };
}
