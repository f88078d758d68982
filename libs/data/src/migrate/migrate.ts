import type { MigrationList } from '@prisma/schema-engine-wasm';
import pg from 'pg';
import { hasSqlState, withConnection } from '../connection.ts';
import { openEngine } from './engine.ts';
import { readMigrations } from './migrations.ts';

/** Under which all who migrate a database wait for each other; the engine's own lock gives up after ten seconds. */
const migrationLock = 2;
const tableMissing = '42P01';

/**
 * Brings the database up to date with the migrations of a Prisma directory, as `prisma migrate deploy` does, and resolves
 * to the names of those that it lacked. Any number of processes may do so at once. Rejects with the name of the
 * migration that failed, and why.
 */
export async function migrate(url: string, prismaDirectory: string): Promise<readonly string[]> {
  const migrations = await readMigrations(prismaDirectory);
  return withConnection(url, async (client) => {
    await client.query('SELECT pg_advisory_lock($1)', [migrationLock]);
    const earlier = await failedMigration(client);
    if (earlier !== undefined) throw new Error(mustBeResolved(earlier, 'failed before'));
    return apply(url, migrations, client);
  });
}

async function apply(url: string, migrationsList: MigrationList, client: pg.Client): Promise<readonly string[]> {
  const { engine, lastError, close } = await openEngine({ url });
  try {
    const filters = { externalTables: [], externalEnums: [] };
    return (await engine.applyMigrations({ migrationsList, filters })).appliedMigrationNames;
  } catch (error) {
    const failed = await failedMigration(client);
    if (failed === undefined) throw error;
    const script = migrationsList.migrationDirectories.find(({ path }) => path === failed)?.migrationFile.content.value;
    throw new Error(mustBeResolved(failed, `failed: ${describe(lastError() ?? error, script)}`), { cause: error });
  } finally {
    await close();
  }
}

async function failedMigration(client: pg.Client): Promise<string | undefined> {
  const unfinished =
    'SELECT migration_name FROM _prisma_migrations WHERE finished_at IS NULL AND rolled_back_at IS NULL';
  try {
    const { rows } = await client.query<{ migration_name: string }>(unfinished);
    return rows[0]?.migration_name;
  } catch (error) {
    if (hasSqlState(error, tableMissing)) return undefined;
    throw error;
  }
}

function mustBeResolved(migration: string, problem: string): string {
  const advice = `correct it, then run \`npx prisma migrate resolve --rolled-back ${migration}\``;
  return `migration ${migration} ${problem}; ${advice}`;
}

function describe(error: unknown, script = ''): string {
  if (!(error instanceof Error)) return String(error);
  if (!(error instanceof pg.DatabaseError) || error.position === undefined) return error.message;
  const line = script.slice(0, Number(error.position) - 1).split('\n').length;
  return `${error.message} (line ${String(line)})`;
}
