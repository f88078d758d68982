import type { DescMethod } from '@bufbuild/protobuf';
import { MethodOptions_IdempotencyLevel as Level } from '@bufbuild/protobuf/wkt';
import type { Context } from './context.ts';

/** Whether the contract says that a second call of the method does nothing that the first has not done (`idempotency_level`). */
export function isIdempotent({ idempotency }: DescMethod): boolean {
  return idempotency !== Level.IDEMPOTENCY_UNKNOWN;
}

/**
 * Whether a call may be made once more when nobody knows what became of it: its method is idempotent, or it carries an
 * `Idempotency-Key`.
 */
export function isRepeatable(method: DescMethod, { outgoing }: Context): boolean {
  return isIdempotent(method) || outgoing['idempotency-key'] !== undefined;
}
