import { randomUUID } from 'node:crypto';
import {
  DriverAdapterError,
  type IsolationLevel,
  type SqlDriverAdapter,
  type SqlMigrationAwareDriverAdapterFactory,
  type SqlQuery,
  type SqlQueryable,
  type SqlResultSet,
  type Transaction,
} from '@prisma/driver-adapter-utils';
import pg from 'pg';
import { withConnection } from '../connection.ts';
import { schemaName, withDatabase } from '../database-url.ts';
import { columnType, engineTypes } from './columns.ts';
import { toDriverError } from './driver-error.ts';

/** Connections for the schema engine, which all end with `close`. */
export interface EngineConnections extends SqlMigrationAwareDriverAdapterFactory {
  /** What Postgres last refused, in its own words: the engine tells less of it. */
  lastError(): unknown;
  close(): Promise<void>;
}

/**
 * The schema engine's way to Postgres. `PrismaPg` is made for Prisma's client and does not suit the engine: it refuses
 * the type "char" of Postgres' catalogue, and splits scripts at every semicolon.
 */
export function engineConnections(url: string, shadowUrl?: string): EngineConnections {
  const open = new Set<pg.Client>();
  let lastError: unknown;

  async function connect(to: string, after?: () => Promise<unknown>): Promise<SqlDriverAdapter> {
    const client = new pg.Client({ connectionString: to, connectionTimeoutMillis: 10_000 });
    const attempt: Attempt = (work) =>
      work().catch((error: unknown) => {
        lastError = error;
        throw new DriverAdapterError(toDriverError(error, to));
      });
    client.on('error', () => open.delete(client));
    await attempt(() => client.connect());
    open.add(client);
    return new EngineAdapter(client, attempt, {
      schemaName: schemaName(to),
      async dispose() {
        open.delete(client);
        await client.end();
        await after?.();
      },
    });
  }

  return {
    ...identity,
    connect: () => connect(url),
    async connectToShadowDb() {
      if (shadowUrl !== undefined) return connect(shadowUrl);
      const name = `prisma_migrate_shadow_db_${randomUUID()}`;
      await withConnection(url, (client) => client.query(`CREATE DATABASE "${name}"`));
      return connect(withDatabase(url, name), () =>
        withConnection(url, (client) => client.query(`DROP DATABASE IF EXISTS "${name}" WITH (FORCE)`)),
      );
    },
    lastError: () => lastError,
    async close() {
      await Promise.all([...open].map((client) => client.end()));
    },
  };
}

const identity = { provider: 'postgres', adapterName: 'ko-schema-engine' } as const;

/** Does the work, and rejects with what the engine understands if that fails. */
type Attempt = <T>(work: () => Promise<T>) => Promise<T>;

class EngineQueryable implements SqlQueryable {
  readonly provider = identity.provider;
  readonly adapterName = identity.adapterName;
  protected readonly client: pg.Client;
  protected readonly attempt: Attempt;

  constructor(client: pg.Client, attempt: Attempt) {
    this.client = client;
    this.attempt = attempt;
  }

  async queryRaw({ sql, args }: SqlQuery): Promise<SqlResultSet> {
    const query = { text: sql, values: args, rowMode: 'array', types: engineTypes } as const;
    const { fields, rows } = await this.attempt(() => this.client.query<unknown[]>(query));
    return {
      columnNames: fields.map(({ name }) => name),
      columnTypes: fields.map(({ dataTypeID }) => columnType(dataTypeID)),
      rows,
    };
  }

  async executeRaw({ sql, args }: SqlQuery): Promise<number> {
    const { rowCount } = await this.attempt(() => this.client.query(sql, args));
    return rowCount ?? 0;
  }

  async executeScript(script: string): Promise<void> {
    await this.attempt(() => this.client.query(script));
  }
}

interface AdapterOptions {
  readonly schemaName: string;
  readonly dispose: () => Promise<void>;
}

class EngineAdapter extends EngineQueryable implements SqlDriverAdapter {
  readonly dispose: () => Promise<void>;
  readonly #schemaName: string;

  constructor(client: pg.Client, attempt: Attempt, { schemaName, dispose }: AdapterOptions) {
    super(client, attempt);
    this.dispose = dispose;
    this.#schemaName = schemaName;
  }

  getConnectionInfo() {
    return { schemaName: this.#schemaName, supportsRelationJoins: true };
  }

  async startTransaction(isolation?: IsolationLevel): Promise<Transaction> {
    await this.executeScript(isolation === undefined ? 'BEGIN' : `BEGIN ISOLATION LEVEL ${isolation}`);
    return Object.assign(new EngineQueryable(this.client, this.attempt), {
      options: { usePhantomQuery: false },
      commit: () => this.executeScript('COMMIT'),
      rollback: () => this.executeScript('ROLLBACK'),
    });
  }
}
