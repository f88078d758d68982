export { databaseCalls } from './calls.ts';
export type { PoolState } from './cancellable-pool.ts';
export { openDatabase, type Database, type DatabaseOptions } from './database.ts';
export { startEmbeddedPostgres, type EmbeddedPostgres, type EmbeddedPostgresOptions } from './embedded/start.ts';
export { ensureDatabase, renameDatabase } from './ensure-database.ts';
export { isUniqueViolation } from './errors.ts';
export { migrate, MigrationError } from './migrate/migrate.ts';
