import { isStream, settle, StatusError, type Logger, type Middleware } from '@ko/endpoint';
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
      () => untilAborted(next(request, { ...context, deadline: end, signal }), signal, context.log),
      () => clearTimeout(timeout),
    );
  };
}

/** The response, unless the signal aborts first: then the call, or the stream it became, fails with its reason. */
async function untilAborted<Res>(call: Promise<Res>, signal: AbortSignal, log: Logger): Promise<Res> {
  const response = await race(signal, call);
  // What comes back is read as the stream that went in.
  return isStream(response) ? (itemsUntilAborted(response, signal, log) as Res) : response;
}

async function* itemsUntilAborted(stream: AsyncIterable<unknown>, signal: AbortSignal, log: Logger): AsyncGenerator {
  const items = stream[Symbol.asyncIterator]();
  try {
    for (;;) {
      const item = await race(signal, items.next());
      if (item.done === true) return;
      yield item.value;
    }
  } finally {
    const closed = close(items, log);
    // A producer that hangs must not hold back the failure; the signal has told it.
    if (!signal.aborted) await closed;
  }
}

async function close(items: AsyncIterator<unknown>, log: Logger): Promise<void> {
  try {
    await items.return?.();
  } catch (error) {
    log.warn({ err: error }, 'a stream failed when it was closed');
  }
}

async function race<T>(signal: AbortSignal, work: Promise<T>): Promise<T> {
  let abort = () => {};
  const aborted = new Promise<never>((_resolve, reject) => {
    abort = () => reject(signal.reason as Error);
    if (signal.aborted) abort();
    else signal.addEventListener('abort', abort, { once: true });
  });
  try {
    return await Promise.race([work, aborted]);
  } finally {
    signal.removeEventListener('abort', abort);
  }
}
