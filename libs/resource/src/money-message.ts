import type { Money as MoneyMessage } from '@ko/contracts/money';
import { moneyFault, type Money } from './money.ts';
import { refuse } from './refusals.ts';

/** The amount in a field of a request. Throws `invalid_argument` for one that is none, saying which part is wrong. */
export function moneyFrom(message: MoneyMessage | undefined, field: string): Money {
  const { currencyCode = '', units = 0n, nanos = 0 } = message ?? {};
  const money = { currency: currencyCode, units, nanos };
  const fault = moneyFault(money);
  if (fault === undefined) return money;
  return refuse(`${field}.${fault.part}`, fault.rule, fault.description);
}

export function toMoneyMessage({ currency, units, nanos }: Money) {
  return { currencyCode: currency, units, nanos };
}
