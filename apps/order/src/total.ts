import { StatusError, type FieldViolation } from '@ko/endpoint';
import { add, isPositive, moneyFault, multiply, type Money } from '@ko/resource/money';
import type { OrderLine } from './order.ts';

/** The sum of the lines. Throws `invalid_argument` with all that keeps them from having one. */
export function totalOf(lines: readonly OrderLine[]): Money {
  const violations = lines.flatMap((line, index) =>
    priceViolations(line.unitPrice, index, lines[0]?.unitPrice.currency),
  );
  if (violations.length > 0) throw invalid(...violations);
  const [first, ...others] = lines;
  if (first === undefined) throw invalid({ field: 'lines', rule: 'lines.some', description: 'must not be empty' });
  try {
    return others.map(amountOf).reduce(add, amountOf(first));
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw invalid({ field: 'lines', rule: 'lines.total', description: 'must have a total whose units fit 64 bits' });
  }
}

function amountOf({ unitPrice, quantity }: OrderLine): Money {
  return multiply(unitPrice, quantity);
}

function priceViolations(price: Money, index: number, currency: string | undefined): readonly FieldViolation[] {
  const field = `lines[${index}].unit_price`;
  const fault = moneyFault(price);
  if (fault !== undefined) {
    return [{ field: `${field}.${fault.part}`, rule: fault.rule, description: fault.description }];
  }
  if (!isPositive(price)) return [{ field, rule: 'unit_price.positive', description: 'must be more than nothing' }];
  if (price.currency !== currency) {
    const description = 'must be that of the first line: an order has one currency';
    return [{ field: `${field}.currency_code`, rule: 'lines.one_currency', description }];
  }
  return [];
}

function invalid(...violations: readonly FieldViolation[]): StatusError {
  const all = violations.map(({ field, description }) => `${field} ${description}`).join('; ');
  return new StatusError('invalid_argument', all, { reason: 'ORDER_LINES_INVALID', violations });
}
