import { randomUUID } from 'node:crypto';
import { expect, test } from 'vitest';
import { claimFor } from './claim.ts';
import type { Order } from './order.ts';

const unitPrice = { currency: 'EUR', units: 19n, nanos: 990_000_000 };
const line = { sku: 'TEA-1', quantity: 2, unitPrice };

test('the same lines have the same fingerprint, whenever they are ordered', () => {
  expect(claimFor(order([line]), 'k').fingerprint).toBe(claimFor(order([{ ...line }]), 'k').fingerprint);
});

test.each([
  [[line, line]],
  [[{ ...line, sku: 'TEA-2' }]],
  [[{ ...line, quantity: 3 }]],
  [[{ ...line, unitPrice: { ...unitPrice, currency: 'USD' } }]],
  [[{ ...line, unitPrice: { ...unitPrice, units: 20n } }]],
  [[{ ...line, unitPrice: { ...unitPrice, nanos: 0 } }]],
])('other lines have another fingerprint', (lines) => {
  expect(claimFor(order(lines), 'k').fingerprint).not.toBe(claimFor(order([line]), 'k').fingerprint);
});

test('a key stands for its order for a day', () => {
  const { claimTime, expireTime } = claimFor(order([line]), 'k');

  expect(expireTime.getTime() - claimTime.getTime()).toBe(86_400_000);
});

test.each(['!', '~'.repeat(200), '"8e03978e-40d5-43dd-bc93-6894a57f9324"'])('%s is a key', (key) => {
  expect(claimFor(order([line]), key).key).toBe(key);
});

test.each(['', ' ', 'two words', 'ключ', 'a\n', '~'.repeat(201)])('%j is no key', (key) => {
  expect(() => claimFor(order([line]), key)).toThrow(
    expect.objectContaining({ code: 'invalid_argument', reason: 'IDEMPOTENCY_KEY_INVALID' }),
  );
});

function order(lines: Order['lines']): Order {
  const now = new Date();
  return {
    id: randomUUID(),
    customer: 'somebody',
    state: 'PENDING',
    lines,
    total: unitPrice,
    paymentReference: undefined,
    createTime: now,
    updateTime: now,
  };
}
