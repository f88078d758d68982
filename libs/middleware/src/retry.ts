import { setTimeout as delay } from 'node:timers/promises';
import type { DescMethod } from '@bufbuild/protobuf';
import { begin, isRepeatable, reasonOf, StatusError, type Context, type Middleware } from '@ko/endpoint';
import { ExponentialBackoff, fullJitterGenerator, type IBackoff } from 'cockatiel';
import type { Registry } from 'prom-client';
import { outcomeCounter } from './outcome-counter.ts';
import type { RetryBudget } from './retry-budget.ts';

export interface RetryOptions {
  /** Calls in all, the first included. */
  readonly attempts?: number;
  /** Milliseconds that the first pause lasts at most; each further one twice as long. */
  readonly initialDelay?: number;
  /** Milliseconds that a pause lasts at most, beyond what the callee asks for. */
  readonly maxDelay?: number;
  /** Where `rpc_client_retries_total` is counted. */
  readonly metrics?: Registry;
}

type Outcome = 'retried' | 'attempts_exhausted' | 'budget_exhausted' | 'too_late';

/**
 * Calls again what failed as `unavailable`, or was refused with the advice to wait, where that is safe: the contract says
 * that the method is idempotent, or the call has an idempotency key. Pauses are as long as the callee asks for, and then
 * some, with full jitter. A call whose deadline such a pause would outlast fails at once. A stream is retried only until
 * it begins, and never where the request is one.
 *
 * Every call fills the budget, every retry takes from it; when it is empty, nothing is retried.
 */
export function retry(budget: RetryBudget, options: RetryOptions = {}): Middleware {
  const { attempts = 3, initialDelay = 50, maxDelay = 1_000, metrics } = options;
  const backoff = new ExponentialBackoff({ initialDelay, maxDelay, generator: fullJitterGenerator });
  const count: (method: DescMethod, outcome: Outcome) => void = outcomeCounter(
    metrics,
    'rpc_client_retries_total',
    'Failures that a retry could have mended, by whether there was one and else why not.',
  );

  return (next, method) => {
    if (method.methodKind === 'client_streaming' || method.methodKind === 'bidi_streaming') return next;

    return (request, context) => {
      budget.deposit();
      return begin(() => next(request, context)).catch(async (failure: unknown) => {
        let error = failure;
        let pauses: IBackoff<unknown> | undefined;
        for (let attempt = 1; ; attempt++) {
          const advice = adviceOf(StatusError.from(error));
          if (advice === undefined || context.signal.aborted || !isRepeatable(method, context)) throw error;
          pauses = pauses?.next(undefined) ?? backoff.next();
          const pause = advice + pauses.duration;
          const outcome = decide(attempt < attempts, pause, context);
          count(method, outcome);
          if (outcome !== 'retried') throw error;
          await pauseFor(pause, context);
          try {
            return await next(request, context);
          } catch (again) {
            error = again;
          }
        }
      });
    };
  };

  function decide(hasAttempts: boolean, pause: number, { deadline }: Context): Outcome {
    if (!hasAttempts) return 'attempts_exhausted';
    if (deadline !== undefined && Date.now() + pause >= deadline) return 'too_late';
    return budget.withdraw() ? 'retried' : 'budget_exhausted';
  }
}

/** Milliseconds to wait at least before a retry; undefined when a retry makes no sense. */
function adviceOf({ code, retryAfter }: StatusError): number | undefined {
  if (code === 'unavailable') return retryAfter ?? 0;
  return code === 'resource_exhausted' ? retryAfter : undefined;
}

async function pauseFor(pause: number, { signal }: Context): Promise<void> {
  try {
    await delay(pause, undefined, { signal });
  } catch {
    // It only rejects because the signal has aborted.
    throw reasonOf(signal);
  }
}
