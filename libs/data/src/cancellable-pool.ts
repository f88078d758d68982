import pg from 'pg';
import { leftSignal } from './callers.ts';
import { CancellableClient, queryCanceled } from './cancellable-client.ts';

/** Connections at a moment. */
export interface PoolState {
  /** Open ones, and those that are being opened. */
  readonly total: number;
  /** Open ones that nobody uses. */
  readonly idle: number;
  /** Queries and transactions that wait for one. */
  readonly waiting: number;
  /** As many as there may be. */
  readonly max: number;
}

type Checkout = (
  error: Error | undefined,
  client: pg.PoolClient | undefined,
  release: (error?: Error | boolean) => void,
) => void;

/** Connections whose queries, and the wait for them, end when nobody waits for their answer any more. */
export class CancellablePool extends pg.Pool {
  #waiting = 0;

  constructor(config: pg.PoolConfig) {
    super({ ...config, Client: CancellableClient });
  }

  get state(): PoolState {
    return { total: this.totalCount, idle: this.idleCount, waiting: this.#waiting, max: this.options.max };
  }

  override connect(): Promise<pg.PoolClient>;
  override connect(callback: Checkout): void;
  override connect(callback?: Checkout): Promise<pg.PoolClient> | undefined {
    if (callback === undefined) return this.#connect();
    this.#connect().then(
      (client) => callback(undefined, client, (error) => client.release(error)),
      (error: unknown) => callback(error as Error, undefined, () => {}),
    );
    return undefined;
  }

  async #connect(): Promise<pg.PoolClient> {
    const signal = leftSignal();
    if (signal?.aborted === true) throw queryCanceled();
    this.#waiting += 1;
    try {
      return await this.#unlessLeft(signal);
    } finally {
      this.#waiting -= 1;
    }
  }

  /** Whoever leaves before the connection is there keeps their place in the queue, and returns it untouched. */
  #unlessLeft(signal: AbortSignal | undefined): Promise<pg.PoolClient> {
    const { promise, resolve, reject } = Promise.withResolvers<pg.PoolClient>();
    let hasLeft = false;
    const leave = (): void => {
      hasLeft = true;
      reject(queryCanceled());
    };
    signal?.addEventListener('abort', leave, { once: true });
    super.connect((error, client) => {
      signal?.removeEventListener('abort', leave);
      if (client === undefined) reject(error ?? new Error('no connection'));
      else if (hasLeft) client.release();
      else resolve(prepared(client, signal));
    });
    return promise;
  }
}

/** The connection, for queries that end with the signal. It is kept after what Postgres refuses, and given up after all else. */
function prepared(client: pg.PoolClient, signal: AbortSignal | undefined): pg.PoolClient {
  if (!(client instanceof CancellableClient)) return client;
  const release = client.release.bind(client);
  client.serve(signal);
  return Object.assign(client, {
    release: (error?: Error | boolean) => release(client.outlasts(error) ? undefined : (error ?? true)),
  });
}
