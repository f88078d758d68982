import { StatusError, type Timeout } from '@ko/endpoint';
import { PrismaPg } from '@prisma/adapter-pg';
import { joinable } from './callers.ts';
import { CancellablePool, type PoolState } from './cancellable-pool.ts';
import { cancelTimeout } from './cancel-request.ts';
import { databaseName } from './database-url.ts';
import { statementNames } from './statement-names.ts';

export interface DatabaseOptions {
  readonly url: string;
  /** Connections at most. */
  readonly poolSize?: number;
  /** Whether each connection keeps its statements for the next time. Not behind a pooler that knows nothing of them. */
  readonly keepStatements?: boolean;
  /** Milliseconds that a statement may take; Postgres cancels it then. */
  readonly statementTimeout?: number;
  /** Milliseconds to wait for a connection, new or from the pool. */
  readonly connectTimeout?: number;
  /** Milliseconds after which a connection that nobody uses is closed. */
  readonly idleTimeout?: number;
}

/** A Prisma client and the connections behind it. */
export interface Database<Client> {
  readonly name: string;
  /** What it is called on its server. */
  readonly database: string;
  /** Its queries end with the calls that `databaseCalls` stands around. */
  readonly client: Client;
  readonly timeouts: readonly Timeout[];
  /** The state of its connections. */
  pool(): PoolState;
  /** Rejects with `unavailable` while Postgres cannot be reached. */
  ready(): Promise<void>;
  /** Closes all connections, when their work is done. */
  stop(): Promise<void>;
}

/** The part of a generated client that opening one needs. */
interface PrismaClient {
  $disconnect(): Promise<void>;
  readonly $extends: (extension: never) => unknown;
}

/** Opens a service's database, by the generated client that `create` makes. Nothing connects before the first query. */
export function openDatabase<Client extends PrismaClient>(
  create: (adapter: PrismaPg) => Client,
  options: DatabaseOptions,
): Database<Client> {
  const { url, poolSize = 10, keepStatements = true } = options;
  const { statementTimeout = 10_000, connectTimeout = 2_000, idleTimeout = 10_000 } = options;
  const pool = new CancellablePool({
    connectionString: url,
    max: poolSize,
    statement_timeout: statementTimeout,
    connectionTimeoutMillis: connectTimeout,
    idleTimeoutMillis: idleTimeout,
  });
  // An idle connection that breaks is replaced at the next query; unheard, the event would end the process.
  pool.on('error', () => {});
  const client = create(new PrismaPg(pool, keepStatements ? { statementNameGenerator: statementNames() } : {}));

  return {
    name: 'postgres',
    database: databaseName(url),
    client: withJoinableQueries(client),
    timeouts: [
      { what: 'database statement', milliseconds: statementTimeout, from: 'openDatabase: statementTimeout' },
      { what: 'wait for a database connection', milliseconds: connectTimeout, from: 'openDatabase: connectTimeout' },
      { what: 'idle database connection', milliseconds: idleTimeout, from: 'openDatabase: idleTimeout' },
      { what: 'cancelling a database statement', milliseconds: cancelTimeout, from: 'libs/data: cancelTimeout' },
      ...prismaTimeouts,
    ],
    pool: () => pool.state,
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

/** Limits of interactive transactions that a client has unless `transactionOptions` say otherwise. */
const prismaTimeouts: readonly Timeout[] = [
  { what: 'wait for a database transaction', milliseconds: 2_000, from: 'Prisma: transactionOptions.maxWait' },
  { what: 'database transaction', milliseconds: 5_000, from: 'Prisma: transactionOptions.timeout' },
];

/** The client, whose lookups for several callers count as made for all of them. */
function withJoinableQueries<Client extends PrismaClient>(client: Client): Client {
  const join = joinable();
  // Prisma begins an operation when it is told what follows it.
  const begin = ({ args, query }: Operation) => join(() => query(args).then((result) => result));
  // Extending what queries do leaves the type as it is, which Prisma's own types do not say.
  return client.$extends({ query: { $allOperations: begin } } as never) as Client;
}

interface Operation {
  readonly args: unknown;
  readonly query: (args: unknown) => Promise<unknown>;
}
