import { getOption, hasOption, type DescMethod } from '@bufbuild/protobuf';
import { timeout_ms } from '@ko/contracts/options';
import { abortable, isStream, orAborted, reasonOf, settle, StatusError, type Middleware } from '@ko/endpoint';
import { nameOf } from './method-name.ts';

export interface DeadlineOptions {
  /** Milliseconds that a call may take, whatever its caller would wait, unless the contract says otherwise (`timeout_ms`). */
  readonly max?: number;
  /** A call that is made gets a little less than what its caller has left, so that the answer still gets there. */
  readonly side?: 'server' | 'client';
}

/** What an answer needs for its way back to the caller: milliseconds at most, and a share of what is left. */
const wayBack = { most: 20, share: 0.1 };

/**
 * Ends a call at its deadline: the caller's, or `max` from now if that is earlier. Its signal aborts then, and the call
 * rejects with `deadline_exceeded` at once, even if the endpoint goes on. The failure names the method: of several
 * processes on the way it is the innermost one that was too slow, since each has less time than its caller.
 */
export function deadline({ max = 10_000, side = 'server' }: DeadlineOptions = {}): Middleware {
  return (next, method) => {
    const own = timeoutOf(method, max);

    return async (request, context) => {
      const now = Date.now();
      const left = Math.min((context.deadline ?? Infinity) - now, own);
      if (left <= 0) throw exceeded(method, 0);
      const time = side === 'client' ? left - Math.min(wayBack.most, left * wayBack.share) : left;
      const late = exceeded(method, Math.round(time));

      const controller = new AbortController();
      const { signal } = controller;
      const abort = (): void => controller.abort(named(reasonOf(context.signal), late));
      const timer = setTimeout(() => controller.abort(late), time);
      context.signal.addEventListener('abort', abort, { once: true });
      if (context.signal.aborted) abort();
      return settle(
        async () => {
          try {
            const response = await orAborted(next(request, { ...context, deadline: now + time, signal }), signal);
            // What comes back is read as the stream that went in.
            return isStream(response) ? (naming(abortable(response, signal), late) as typeof response) : response;
          } catch (error) {
            throw named(error, late);
          }
        },
        () => {
          clearTimeout(timer);
          context.signal.removeEventListener('abort', abort);
        },
      );
    };
  };
}

/** Milliseconds that a call of a method may take at most: `max`, unless its contract says otherwise. */
export function timeoutOf(method: DescMethod, max: number): number {
  return hasOption(method, timeout_ms) ? getOption(method, timeout_ms) : max;
}

function exceeded(method: DescMethod, time: number): StatusError {
  const name = nameOf(method);
  const message = time > 0 ? `${name} took longer than the ${time} ms it had` : `there was no time left for ${name}`;
  return new StatusError('deadline_exceeded', message, {
    reason: 'DEADLINE_EXCEEDED',
    metadata: { method: name, timeout_ms: String(time) },
  });
}

/** Transports keep the same deadline, and may be the first to say so: without a name. */
function named<E>(error: E, late: StatusError): E | StatusError {
  const isNameless = error instanceof StatusError && error.code === 'deadline_exceeded' && error.reason === undefined;
  return isNameless ? late : error;
}

function naming<T>(stream: AsyncIterable<T>, late: StatusError): AsyncIterable<T> {
  return {
    [Symbol.asyncIterator]() {
      const items = stream[Symbol.asyncIterator]();
      return {
        async next() {
          try {
            return await items.next();
          } catch (error) {
            throw named(error, late);
          }
        },
        async return() {
          await items.return?.();
          return { done: true, value: undefined };
        },
      };
    },
  };
}
