import type { DescMethod } from '@bufbuild/protobuf';
import { MethodOptions_IdempotencyLevel as Level } from '@bufbuild/protobuf/wkt';
import type { Context } from './context.ts';

/**
 * Whether a call may be made once more when nobody knows what became of it: the contract says that the method is idempotent
 * (`idempotency_level`), or the call carries an `Idempotency-Key`.
 */
export function isRepeatable({ idempotency }: DescMethod, { outgoing }: Context): boolean {
  return idempotency !== Level.IDEMPOTENCY_UNKNOWN || outgoing['idempotency-key'] !== undefined;
}
