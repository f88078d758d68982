import { createHash } from 'node:crypto';
import { StatusError } from '@ko/endpoint';
import type { Order, OrderLine } from './order.ts';

/** A customer's Idempotency-Key, claimed for a request. */
export interface Claim {
  /** Id of the user; another customer's key of the same text is another key. */
  readonly customer: string;
  readonly key: string;
  /** Hash of the request: the same for the same order. */
  readonly fingerprint: string;
  readonly claimTime: Date;
  /** From then on the key may be used anew. */
  readonly expireTime: Date;
}

const lifetime = 24 * 60 * 60 * 1000;

/** Claims a key for an order. Throws `invalid_argument` for what cannot be a key. */
export function claimFor({ customer, lines, createTime }: Order, key: string): Claim {
  if (!/^[\x21-\x7e]{1,200}$/.test(key)) {
    const description = 'must be 1 to 200 visible ASCII characters, such as a UUID';
    throw new StatusError('invalid_argument', `Idempotency-Key ${description}`, {
      reason: 'IDEMPOTENCY_KEY_INVALID',
      violations: [{ field: 'idempotency-key', rule: 'idempotency_key.format', description }],
    });
  }
  const expireTime = new Date(createTime.getTime() + lifetime);
  return { customer, key, fingerprint: fingerprintOf(lines), claimTime: createTime, expireTime };
}

function fingerprintOf(lines: readonly OrderLine[]): string {
  const said = lines.map(({ sku, quantity, unitPrice: { currency, units, nanos } }) => [
    sku,
    quantity,
    currency,
    String(units),
    nanos,
  ]);
  return createHash('sha256').update(JSON.stringify(said)).digest('base64url');
}
