import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';
import { cancelRequest } from './cancel-request.ts';

/** Beginning and ending a transaction: quick, and not to be left half done. */
const transactionControl = /^\s*(BEGIN|COMMIT|ROLLBACK|SAVEPOINT|RELEASE)\b/i;

/** Milliseconds until Postgres is told again to cancel, the first time: it overlooks what comes before the query does. */
const firstPause = 50;

/**
 * A connection whose queries end with a signal: Postgres cancels the one at work, and those to come fail at once. A query
 * is over only when Postgres is, too, so that the next one is safe.
 */
export class CancellableClient extends pg.Client {
  #signal: AbortSignal | undefined;
  #isTrusted = true;

  /** What the queries from now on are for; undefined: they are never cancelled. */
  serve(signal: AbortSignal | undefined): void {
    this.#signal = signal;
  }

  /** Whether more can be asked of it after a query that failed with the error, or with none. */
  outlasts(error: unknown): boolean {
    return this.#isTrusted && (error instanceof Error ? isRefusal(error) : error !== true);
  }

  // One implementation for all the signatures of pg, which no other type fits.
  override query(...parameters: readonly unknown[]): never {
    return this.#query(parameters) as never;
  }

  #query(parameters: readonly unknown[]): unknown {
    const send = (...values: readonly unknown[]): unknown => Reflect.apply(super.query, this, values);
    const signal = this.#signal;
    if (signal === undefined || !isCancellable(parameters[0])) return send(...parameters);

    const callback = parameters.findLast(isCallback);
    const input = parameters.filter((parameter) => parameter !== callback);
    const outcome = this.#cancellable(signal, () => send(...input) as Promise<unknown>);
    if (callback === undefined) return outcome;
    outcome.then(
      (result) => {
        callback(undefined, result);
      },
      (error: unknown) => {
        callback(error);
      },
    );
    return undefined;
  }

  async #cancellable<T>(signal: AbortSignal, send: () => Promise<T>): Promise<T> {
    if (signal.aborted) throw queryCanceled();
    const outcome = send();
    let cancelled: Promise<void> | undefined;
    const cancel = (): void => {
      cancelled = this.#cancelUntil(outcome);
    };
    signal.addEventListener('abort', cancel, { once: true });
    try {
      return await outcome;
    } catch (error) {
      if (isStale(error)) this.#isTrusted = false;
      throw error;
    } finally {
      signal.removeEventListener('abort', cancel);
      await cancelled;
    }
  }

  async #cancelUntil(outcome: Promise<unknown>): Promise<void> {
    const over = outcome.then(
      () => true,
      () => true,
    );
    for (let pause = firstPause; ; pause *= 2) {
      if (!(await cancelRequest(this))) this.#isTrusted = false;
      if (await Promise.race([over, delay(pause, false, { ref: false })])) return;
    }
  }
}

/** The failure of a query that was never sent, as Postgres says it of those that were. */
export function queryCanceled(): pg.DatabaseError {
  const error = new pg.DatabaseError('canceling statement due to user request', 0, 'error');
  return Object.assign(error, { severity: 'ERROR', code: '57014' });
}

function isCallback(parameter: unknown): parameter is (error: unknown, result?: unknown) => void {
  return typeof parameter === 'function';
}

function isCancellable(query: unknown): boolean {
  if (typeof query === 'string') return !transactionControl.test(query);
  if (typeof query !== 'object' || query === null || 'submit' in query) return false;
  return 'text' in query && typeof query.text === 'string' && !transactionControl.test(query.text);
}

/** Whether Postgres has refused a statement, and goes on. */
function isRefusal(error: Error): boolean {
  return error instanceof pg.DatabaseError && error.severity === 'ERROR' && !isStale(error);
}

/** SQLSTATE feature_not_supported, of a kept plan whose table has changed since, and invalid_sql_statement_name. */
const stale = new Set(['0A000', '26000']);

/** Whether a statement failed because of what the connection keeps, which would make it fail each time. */
function isStale(error: unknown): boolean {
  return error instanceof pg.DatabaseError && error.code !== undefined && stale.has(error.code);
}
