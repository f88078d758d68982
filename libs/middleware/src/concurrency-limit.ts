import { isBulkheadRejectedError, bulkhead } from 'cockatiel';
import { settle, StatusError, type Middleware } from '@ko/endpoint';

export interface ConcurrencyLimitOptions {
  /** Calls at work at once, of all methods that the middleware wraps. */
  readonly limit?: number;
  /** Calls that wait for a place; more are refused. */
  readonly queue?: number;
}

/** Refuses work at once that is more than the process can do: `resource_exhausted`, to be tried again soon. */
export function concurrencyLimit({ limit = 500, queue = 0 }: ConcurrencyLimitOptions = {}): Middleware {
  const places = bulkhead(limit, queue);

  return (next) => async (request, context) => {
    const leave = await enter();
    return settle(() => next(request, context), leave);
  };

  /** Takes a place until the function it resolves to is called. */
  async function enter(): Promise<() => void> {
    return new Promise((resolve, reject) => {
      places
        .execute(() => new Promise<void>((leave) => resolve(leave)))
        .catch((error: unknown) => reject(isBulkheadRejectedError(error) ? overloaded() : StatusError.from(error)));
    });
  }
}

function overloaded(): StatusError {
  return new StatusError('resource_exhausted', 'too much to do at the moment', {
    reason: 'OVERLOADED',
    retryAfter: 1_000,
  });
}
