import { AsyncLocalStorage } from 'node:async_hooks';

/** The signals of all for whom something is done; undefined is somebody who never leaves. */
type Callers = ReadonlySet<AbortSignal | undefined>;

const callers = new AsyncLocalStorage<Callers>();

/** Does the work for the caller whose signal it is, however deep in it a query is made. */
export function doneFor<T>(signal: AbortSignal, work: () => T): T {
  return callers.run(new Set([signal]), work);
}

/** Aborts when nobody waits for what is done here any more; undefined when that cannot be. */
export function leftSignal(): AbortSignal | undefined {
  const signals = [...(callers.getStore() ?? [])];
  const known = signals.filter((signal) => signal !== undefined);
  if (known.length < signals.length) return undefined;
  return known.length > 1 ? allOf(known) : known[0];
}

/**
 * Does work that may be joined with all that others begin in the same tick: it then counts as done for all of them.
 *
 * Prisma is such a joiner. It collects the lookups of a tick, whosever they are, and sends them under the async context
 * of the first.
 */
export function joinable(): <T>(work: () => T) => T {
  let tick: Set<AbortSignal | undefined> | undefined;

  return (work) => {
    const isFirst = tick === undefined;
    const joined = (tick ??= new Set());
    for (const signal of callers.getStore() ?? [undefined]) joined.add(signal);
    const outcome = callers.run(joined, work);
    // The joiner's own turn comes before this one.
    if (isFirst) process.nextTick(() => (tick = undefined));
    return outcome;
  };
}

function allOf(signals: readonly AbortSignal[]): AbortSignal {
  const controller = new AbortController();
  let waiting = signals.length;
  const leave = (): void => {
    waiting -= 1;
    if (waiting === 0) controller.abort();
  };
  for (const signal of signals) {
    if (signal.aborted) leave();
    else signal.addEventListener('abort', leave, { once: true });
  }
  return controller.signal;
}
