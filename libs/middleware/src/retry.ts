import { setTimeout as delay } from 'node:timers/promises';
import type { DescMethod } from '@bufbuild/protobuf';
import { MethodOptions_IdempotencyLevel as Level } from '@bufbuild/protobuf/wkt';
import { StatusError, type Context, type Middleware } from '@ko/endpoint';
import { ExponentialBackoff, fullJitterGenerator } from 'cockatiel';

export interface RetryOptions {
  /** Calls in all, the first included. */
  readonly attempts?: number;
  /** Milliseconds that the first pause lasts at most; each further one twice as long. */
  readonly initialDelay?: number;
  /** Milliseconds that a pause lasts at most. */
  readonly maxDelay?: number;
  /** Retries for each call, in the long run: what keeps retries from multiplying an outage. */
  readonly budget?: number;
}

/** Retries that may be saved up while all goes well. */
const maxSaved = 10;

/**
 * Calls again what failed as `unavailable`, or was refused with the advice to wait, where that is safe: the contract says
 * that the method is idempotent, or the call has an idempotency key. Pauses have full jitter, and end with the deadline.
 * A stream is retried only until it begins, and never where the request is one.
 *
 * One middleware holds one budget: what is wrapped by the same value shares it.
 */
export function retry(options: RetryOptions = {}): Middleware {
  const { attempts = 3, initialDelay = 50, maxDelay = 1_000, budget = 0.1 } = options;
  const backoff = new ExponentialBackoff({ initialDelay, maxDelay, generator: fullJitterGenerator });
  let saved = maxSaved;

  return (next, method) => {
    if (method.methodKind === 'client_streaming' || method.methodKind === 'bidi_streaming') return next;
    const idempotent = isIdempotent(method);

    return async (request, context) => {
      saved = Math.min(maxSaved, saved + budget);
      let pauses = backoff.next();
      for (let attempt = 1; ; attempt++) {
        try {
          return await next(request, context);
        } catch (error) {
          const advice = adviceOf(StatusError.from(error));
          const safe = idempotent || context.outgoing['idempotency-key'] !== undefined;
          if (!safe || advice === undefined || attempt >= attempts || saved < 1) throw error;
          const pause = Math.max(pauses.duration, advice);
          if (!leavesTime(context, pause)) throw error;
          saved -= 1;
          await pauseFor(pause, context);
          pauses = pauses.next(undefined);
        }
      }
    };
  };
}

function isIdempotent({ idempotency }: DescMethod): boolean {
  return idempotency === Level.NO_SIDE_EFFECTS || idempotency === Level.IDEMPOTENT;
}

/** Milliseconds to wait at least before a retry; undefined when a retry makes no sense. */
function adviceOf({ code, retryAfter }: StatusError): number | undefined {
  if (code === 'unavailable') return retryAfter ?? 0;
  return code === 'resource_exhausted' ? retryAfter : undefined;
}

function leavesTime({ deadline, signal }: Context, pause: number): boolean {
  return !signal.aborted && (deadline === undefined || Date.now() + pause < deadline);
}

async function pauseFor(pause: number, { signal }: Context): Promise<void> {
  try {
    await delay(pause, undefined, { signal });
  } catch {
    throw signal.reason;
  }
}
