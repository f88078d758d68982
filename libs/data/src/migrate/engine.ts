import { bindMigrationAwareSqlAdapterFactory } from '@prisma/driver-adapter-utils';
import type { SchemaEngine } from '@prisma/schema-engine-wasm';
import { engineConnections } from './connections.ts';
import { schemaEngine } from './wasm.ts';

export interface EngineOptions {
  readonly url: string;
  /** A database that the engine may empty; without it, it makes one when it needs it, and drops it. */
  readonly shadowUrl?: string | undefined;
  /** Path and text of each Prisma schema file, for what compares the schema. */
  readonly datamodels?: [string, string][] | undefined;
}

/** A schema engine at work on a database. */
export interface EngineSession {
  readonly engine: SchemaEngine;
  /** What Postgres last refused, in its own words: the engine tells less of it. */
  lastError(): unknown;
  close(): Promise<void>;
}

export async function openEngine({ url, shadowUrl, datamodels }: EngineOptions): Promise<EngineSession> {
  const { SchemaEngine } = await schemaEngine();
  const connections = engineConnections(url, shadowUrl);
  const engine = await SchemaEngine.new({ datamodels }, () => {}, bindMigrationAwareSqlAdapterFactory(connections));
  return {
    // eslint-disable-next-line @typescript-eslint/no-unsafe-class-instance-assignment -- the library makes it by `new`
    engine,
    lastError: () => connections.lastError(),
    async close() {
      engine.free();
      await connections.close();
    },
  };
}
