import { abortable, isStream, orAborted, settle, StatusError, type Middleware } from '@ko/endpoint';
import { nameOf } from './method-name.ts';

export interface DeadlineOptions {
  /** Milliseconds that a call may take, whatever its caller would wait. */
  readonly max?: number;
}

/**
 * Ends a call at its deadline: the caller's, or `max` from now if that is earlier. Its signal aborts then, and the call
 * rejects with `deadline_exceeded` at once, even if the endpoint goes on.
 */
export function deadline({ max = 10_000 }: DeadlineOptions = {}): Middleware {
  return (next, method) => async (request, context) => {
    const now = Date.now();
    const end = Math.min(context.deadline ?? Infinity, now + max);
    const exceeded = new StatusError('deadline_exceeded', `${nameOf(method)} took longer than ${end - now} ms`);
    if (end <= now) throw new StatusError('deadline_exceeded', `the deadline of ${nameOf(method)} had passed already`);

    const timer = new AbortController();
    const timeout = setTimeout(() => timer.abort(exceeded), end - now);
    const signal = AbortSignal.any([context.signal, timer.signal]);
    return settle(
      async () => {
        const response = await orAborted(next(request, { ...context, deadline: end, signal }), signal);
        // What comes back is read as the stream that went in.
        return isStream(response) ? (abortable(response, signal) as typeof response) : response;
      },
      () => clearTimeout(timeout),
    );
  };
}

export function timeoutOf(_method: unknown, max: number): number {
  return max;
}
