import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { databaseExists } from '../../libs/data/src/ensure-database.ts';
import { openEngine, type EngineSession } from '../../libs/data/src/migrate/engine.ts';
import { readMigrations } from '../../libs/data/src/migrate/migrations.ts';

/** How an app's database, its migrations and its schema agree. Migrations are told by their names. */
export interface DatabaseState {
  /** On disk, and not applied. */
  readonly pending: readonly string[];
  /** Begun, and not finished. */
  readonly failed: readonly string[];
  /** Another one on disk than was applied. */
  readonly edited: readonly string[];
  /** Applied, and not on disk. */
  readonly foreign: readonly string[];
  /** What the schema has and the database lacks, or the other way round; undefined while migrations are missing. */
  readonly drift: string | undefined;
}

type Engine = EngineSession['engine'];
type Migrations = Awaited<ReturnType<typeof readMigrations>>;

const filters = { externalTables: [], externalEnums: [] };

/** Looks, and changes nothing. Undefined when there is no such database. Rejects when it cannot be reached. */
export async function databaseState(url: string, prismaDirectory: string): Promise<DatabaseState | undefined> {
  if (!(await databaseExists(url))) return undefined;
  const { engine, close } = await openEngine({ url });
  try {
    const history = await historyOf(engine, await migrationsOf(prismaDirectory));
    const isComplete = [...history.pending, ...history.failed, ...history.foreign].length === 0;
    return { ...history, drift: isComplete ? await driftOf(engine, prismaDirectory) : undefined };
  } finally {
    await close();
  }
}

async function migrationsOf(prismaDirectory: string): Promise<Migrations> {
  const baseDir = join(prismaDirectory, 'migrations');
  if (existsSync(baseDir)) return readMigrations(prismaDirectory);
  const lockfile = { path: 'migration_lock.toml', content: null };
  return { baseDir, lockfile, shadowDbInitScript: '', migrationDirectories: [] };
}

async function historyOf(engine: Engine, migrationsList: Migrations): Promise<Omit<DatabaseState, 'drift'>> {
  const diagnosis = await engine.diagnoseMigrationHistory({ migrationsList, optInToShadowDatabase: false, filters });
  const { history, hasMigrationsTable, failedMigrationNames: failed, editedMigrationNames: edited } = diagnosis;
  const all = migrationsList.migrationDirectories.map(({ path }) => path);
  const unapplied = history !== null && 'unappliedMigrationNames' in history ? history.unappliedMigrationNames : [];
  const foreign = history !== null && 'unpersistedMigrationNames' in history ? history.unpersistedMigrationNames : [];
  return { pending: hasMigrationsTable ? unapplied : all, failed, edited, foreign };
}

async function driftOf(engine: Engine, prismaDirectory: string): Promise<string | undefined> {
  const path = join(prismaDirectory, 'schema.prisma');
  const schema = { files: [{ path, content: await readFile(path, 'utf8') }] };
  const { exitCode, stdout } = await engine.diff({
    from: { tag: 'schemaDatasource', ...schema, configDir: prismaDirectory },
    to: { tag: 'schemaDatamodel', ...schema },
    script: false,
    exitCode: true,
    filters,
  });
  return exitCode === 0 ? undefined : inOneLine(stdout ?? '');
}

function inOneLine(difference: string): string {
  return difference.trim().replaceAll(/\s*\n\s*/g, ' ');
}
