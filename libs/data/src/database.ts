import { StatusError } from '@ko/endpoint';
import { PrismaPg } from '@prisma/adapter-pg';
import pg from 'pg';

export interface DatabaseOptions {
  readonly url: string;
  /** Connections at most. */
  readonly poolSize?: number;
  /** Milliseconds that a statement may take; Postgres cancels it then. */
  readonly statementTimeout?: number;
  /** Milliseconds to wait for a connection, new or from the pool. */
  readonly connectTimeout?: number;
}

/** A Prisma client and the connections behind it. */
export interface Database<Client> {
  readonly name: string;
  readonly client: Client;
  /** Rejects with `unavailable` while Postgres cannot be reached. */
  ready(): Promise<void>;
  /** Closes all connections, when their work is done. */
  stop(): Promise<void>;
}

/** Opens a service's database, by the generated client that `create` makes. Nothing connects before the first query. */
export function openDatabase<Client extends { $disconnect(): Promise<void> }>(
  create: (adapter: PrismaPg) => Client,
  options: DatabaseOptions,
): Database<Client> {
  const { url, poolSize = 10, statementTimeout = 10_000, connectTimeout = 2_000 } = options;
  const pool = new pg.Pool({
    connectionString: url,
    max: poolSize,
    statement_timeout: statementTimeout,
    connectionTimeoutMillis: connectTimeout,
  });
  // An idle connection that breaks is replaced at the next query; unheard, the event would end the process.
  pool.on('error', () => {});
  const client = create(new PrismaPg(pool));

  return {
    name: 'postgres',
    client,
    async ready() {
      try {
        await pool.query('SELECT 1');
      } catch (error) {
        throw new StatusError('unavailable', 'Postgres cannot be reached', {
          reason: 'DATABASE_UNAVAILABLE',
          cause: error,
        });
      }
    },
    async stop() {
      await client.$disconnect();
      await pool.end();
    },
  };
}
