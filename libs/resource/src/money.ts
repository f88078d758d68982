/** An exact amount: whole units and billionths of one, both of the same sign. */
export interface Money {
  /** Three letters of ISO 4217. */
  readonly currency: string;
  /** Whole units, in the range of a signed 64-bit integer. */
  readonly units: bigint;
  /** Billionths of a unit: -999,999,999 to 999,999,999. */
  readonly nanos: number;
}

/** What keeps a value from being an amount, by the name of the part. */
export interface MoneyFault {
  readonly part: 'currency_code' | 'units' | 'nanos';
  readonly rule: string;
  readonly description: string;
}

const nanosPerUnit = 1_000_000_000n;
const bits = 64;

/** The sum. Throws a TypeError for amounts of two currencies, a RangeError when no Money can hold the sum. */
export function add(left: Money, right: Money): Money {
  if (left.currency !== right.currency) throw new TypeError(`cannot add ${right.currency} to ${left.currency}`);
  return moneyOf(left.currency, nanosOf(left) + nanosOf(right));
}

/** So many times the amount. Throws a RangeError when no Money can hold it, or when `times` is not a whole number. */
export function multiply(amount: Money, times: number): Money {
  return moneyOf(amount.currency, nanosOf(amount) * BigInt(times));
}

export function isPositive(amount: Money): boolean {
  return nanosOf(amount) > 0n;
}

/** What is wrong with a value that came from outside; undefined when nothing is. */
export function moneyFault({ currency, units, nanos }: Money): MoneyFault | undefined {
  if (!/^[A-Z]{3}$/.test(currency)) {
    return {
      part: 'currency_code',
      rule: 'money.currency',
      description: 'must be three capital letters, as ISO 4217 has them',
    };
  }
  if (BigInt.asIntN(bits, units) !== units) {
    return { part: 'units', rule: 'money.units', description: 'must be a signed 64-bit integer' };
  }
  if (!Number.isInteger(nanos) || Math.abs(nanos) >= nanosPerUnit) {
    return { part: 'nanos', rule: 'money.nanos', description: 'must be an integer from -999999999 to 999999999' };
  }
  if ((units > 0n && nanos < 0) || (units < 0n && nanos > 0)) {
    return { part: 'nanos', rule: 'money.sign', description: 'must have the sign of units' };
  }
  return undefined;
}

function nanosOf({ units, nanos }: Money): bigint {
  return units * nanosPerUnit + BigInt(nanos);
}

function moneyOf(currency: string, total: bigint): Money {
  // Division and remainder of a bigint round towards zero, so that both parts have the sign of the whole.
  const units = total / nanosPerUnit;
  if (BigInt.asIntN(bits, units) !== units) throw new RangeError('the amount is too large');
  return { currency, units, nanos: Number(total % nanosPerUnit) };
}
