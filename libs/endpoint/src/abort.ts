import { listen, unlisten } from './call-controller.ts';
import { StatusError } from './status-error.ts';

/** Why an aborted signal has aborted. */
export function reasonOf({ reason }: AbortSignal): StatusError {
  return reason instanceof StatusError
    ? reason
    : new StatusError('cancelled', 'the caller has gone', { cause: reason });
}

export function deadlineExceeded(cause?: unknown): StatusError {
  return new StatusError('deadline_exceeded', 'the time for the request is over', { cause });
}

/** Milliseconds by which a caller's clock may end a call before ours does. */
const slack = 50;

/** Why a caller has gone who did not say so: its time was over, or it does not want the answer any more. */
export function whyGone(deadline: number | undefined): StatusError {
  const isLate = deadline !== undefined && Date.now() >= deadline - slack;
  return isLate ? deadlineExceeded() : new StatusError('cancelled', 'the caller has gone');
}

/** Milliseconds that transports leave to what stands closer to the work, which can say more about what was too slow. */
const precedence = 10;

/**
 * Aborts a little after the deadline, or at once if it has passed. Its timer is to be cleared when nobody waits any
 * more.
 */
export function abortAt(
  deadline: number | undefined,
  controller: Pick<AbortController, 'abort'>,
): NodeJS.Timeout | undefined {
  if (deadline === undefined) return undefined;
  const left = deadline - Date.now();
  if (left > 0) return setTimeout(() => controller.abort(deadlineExceeded()), Math.min(left + precedence, 2 ** 31 - 1));
  controller.abort(deadlineExceeded());
  return undefined;
}

/** When a transport ends what is late: a little after the deadline, as `performance.now()` tells it; Infinity without one. */
export function lateAt(deadline: number | undefined): number {
  return deadline === undefined ? Infinity : performance.now() + Math.max(0, deadline - Date.now()) + precedence;
}

/** The outcome of the work, or the reason of the signal when that aborts first: the work is then left to itself. */
export function orAborted<T>(work: PromiseLike<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const caller = { handleEvent: () => reject(reasonOf(signal)) };
    if (signal.aborted) caller.handleEvent();
    else listen(signal, caller);
    const over = (): void => unlisten(signal, caller);
    work.then(
      (outcome) => {
        over();
        resolve(outcome);
      },
      () => {
        over();
        resolve(work); // Rejects with it.
      },
    );
  });
}

/** How a stream was over: it came to its end, it failed, or its reader left before. */
export type StreamEnd = 'ended' | 'failed' | 'left';

/**
 * A stream that ends as soon as the signal aborts, whether or not somebody reads it: its reader gets the reason, once, and
 * its source is let go without waiting for it. `over` is called once.
 */
export function abortable<T>(
  source: AsyncIterable<T>,
  signal: AbortSignal,
  over: (end: StreamEnd) => void = () => {},
): AsyncIterable<T> {
  const items = source[Symbol.asyncIterator]();
  let end: StreamEnd | undefined;
  let isAborted = false;
  const finish = (how: StreamEnd): void => {
    if (end !== undefined) return;
    end = how;
    unlisten(signal, caller);
    over(how);
  };
  const caller = {
    handleEvent() {
      isAborted = true;
      finish('failed');
      release(items).catch(() => {}); // Nobody is there to be told.
    },
  };
  const iterator = {
    async next(): Promise<IteratorResult<T>> {
      if (end !== undefined && !isAborted) return { done: true, value: undefined };
      try {
        if (isAborted) throw reasonOf(signal);
        const item = await orAborted(items.next(), signal);
        if (item.done === true) finish('ended');
        return item;
      } catch (error) {
        isAborted = false;
        finish('failed');
        throw error;
      }
    },
    async return(): Promise<IteratorResult<T>> {
      isAborted = false;
      finish('left');
      await unlessAborted(release(items), signal);
      return { done: true, value: undefined };
    },
  };
  if (signal.aborted) caller.handleEvent();
  else listen(signal, caller);
  return { [Symbol.asyncIterator]: () => iterator };
}

async function release<T>(items: AsyncIterator<T>): Promise<void> {
  await items.return?.();
}

/** Waits for the work, unless nobody waits any more. */
async function unlessAborted(work: Promise<void>, { aborted }: AbortSignal): Promise<void> {
  await Promise.race(aborted ? [Promise.resolve(), work] : [work]);
}
