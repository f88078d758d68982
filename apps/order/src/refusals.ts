import { StatusError } from '@ko/endpoint';
import type { Order } from './order.ts';

export function notFound(id: string): StatusError {
  return new StatusError('not_found', `there is no order ${id}`, { reason: 'ORDER_NOT_FOUND', metadata: { id } });
}

export function notPending({ state }: Order): StatusError {
  return new StatusError('failed_precondition', `the order is ${state.toLowerCase()}, no longer pending`, {
    reason: 'ORDER_NOT_PENDING',
    metadata: { state },
  });
}

export function notACustomer(): StatusError {
  return new StatusError('permission_denied', 'only users place orders: sign in as one', { reason: 'NOT_A_CUSTOMER' });
}

export function notActive(): StatusError {
  return new StatusError('failed_precondition', 'your account is not active', { reason: 'CUSTOMER_NOT_ACTIVE' });
}

export function notYourOrders(): StatusError {
  const message = 'only an administrator sees the orders of other customers';
  return new StatusError('permission_denied', message, { reason: 'NOT_YOUR_ORDERS' });
}

export function keyReused(): StatusError {
  const message = 'the Idempotency-Key stands for another order: use a new key for a new order';
  return new StatusError('already_exists', message, { reason: 'IDEMPOTENCY_KEY_REUSED' });
}

export function unprintable(field: string): StatusError {
  const description = 'must not contain control characters';
  return new StatusError('invalid_argument', `${field} ${description}`, {
    violations: [{ field, rule: 'string.printable', description }],
  });
}
