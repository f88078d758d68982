import type { MigrationList } from '@prisma/schema-engine-wasm';
import pg from 'pg';
import { hasSqlState, withConnection } from '../connection.ts';
import { openEngine } from './engine.ts';
import { readMigrations } from './migrations.ts';

/** Under which all who migrate a database wait for each other; the engine's own lock gives up after ten seconds. */
const migrationLock = 2;
const tableMissing = '42P01';

/** Why a database cannot be brought up to date, and what to do. */
export class MigrationError extends Error {
  override readonly name = 'MigrationError';
  /** Whether it has migrations, and none of those that it should: it was made for other code. */
  readonly isForeign: boolean;

  constructor(message: string, { isForeign = false, cause }: { isForeign?: boolean; cause?: unknown } = {}) {
    super(message, { cause });
    this.isForeign = isForeign;
  }
}

/**
 * Brings the database up to date with the migrations of a Prisma directory, as `prisma migrate deploy` does, and resolves
 * to the names of those that it lacked. Any number of processes may do so at once. Rejects with a MigrationError that
 * names the migration that failed, and why; or when the database has a history of something else.
 */
export async function migrate(url: string, prismaDirectory: string): Promise<readonly string[]> {
  const migrations = await readMigrations(prismaDirectory);
  return withConnection(url, async (client) => {
    await client.query('SELECT pg_advisory_lock($1)', [migrationLock]);
    const recorded = await recordedMigrations(client);
    const known = new Set(migrations.migrationDirectories.map(({ path }) => path));
    if (recorded.length > 0 && !recorded.some(({ name }) => known.has(name))) throw foreign(recorded);
    const earlier = recorded.find(({ hasFailed }) => hasFailed);
    if (earlier !== undefined) throw mustBeResolved(earlier.name, 'failed before');
    const applied = new Set(recorded.filter(({ isApplied }) => isApplied).map(({ name }) => name));
    // The engine takes longer to load than all else that is done here.
    if ([...known].every((name) => applied.has(name))) return [];
    return apply(url, migrations, client);
  });
}

async function apply(url: string, migrationsList: MigrationList, client: pg.Client): Promise<readonly string[]> {
  const { engine, lastError, close } = await openEngine({ url });
  try {
    const filters = { externalTables: [], externalEnums: [] };
    return (await engine.applyMigrations({ migrationsList, filters })).appliedMigrationNames;
  } catch (error) {
    const failed = (await recordedMigrations(client)).find(({ hasFailed }) => hasFailed)?.name;
    if (failed === undefined) throw error;
    const script = migrationsList.migrationDirectories.find(({ path }) => path === failed)?.migrationFile.content.value;
    throw mustBeResolved(failed, `failed: ${describe(lastError() ?? error, script)}`, error);
  } finally {
    await close();
  }
}

interface Recorded {
  readonly name: string;
  readonly isApplied: boolean;
  /** Begun, and neither finished nor rolled back. */
  readonly hasFailed: boolean;
}

/** What a database says of its own migrations, the oldest first. */
async function recordedMigrations(client: pg.Client): Promise<readonly Recorded[]> {
  const query = `SELECT migration_name AS name,
      finished_at IS NOT NULL AND rolled_back_at IS NULL AS "isApplied",
      finished_at IS NULL AND rolled_back_at IS NULL AS "hasFailed"
    FROM _prisma_migrations ORDER BY started_at`;
  try {
    return (await client.query<Recorded>(query)).rows;
  } catch (error) {
    if (hasSqlState(error, tableMissing)) return [];
    throw error;
  }
}

function foreign(recorded: readonly Recorded[]): MigrationError {
  const names = recorded.map(({ name }) => name).join(', ');
  const message = `it was made by other migrations (${names}): use another database, or drop this one`;
  return new MigrationError(message, { isForeign: true });
}

function mustBeResolved(migration: string, problem: string, cause?: unknown): MigrationError {
  const advice = `correct it, then run \`npx prisma migrate resolve --rolled-back ${migration}\``;
  return new MigrationError(`migration ${migration} ${problem}; ${advice}`, { cause });
}

function describe(error: unknown, script = ''): string {
  if (!(error instanceof Error)) return String(error);
  if (!(error instanceof pg.DatabaseError) || error.position === undefined) return error.message;
  const line = script.slice(0, Number(error.position) - 1).split('\n').length;
  return `${error.message} (line ${String(line)})`;
}
