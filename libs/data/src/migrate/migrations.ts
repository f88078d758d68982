import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import type { MigrationDirectory, MigrationList } from '@prisma/schema-engine-wasm';

/** The migrations of a Prisma directory, in the order in which they apply. */
export async function readMigrations(prismaDirectory: string): Promise<MigrationList> {
  const baseDir = path.join(path.resolve(prismaDirectory), 'migrations');
  const entries = await readdir(baseDir, { withFileTypes: true });
  const names = entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
  return {
    baseDir,
    shadowDbInitScript: '',
    lockfile: { path: 'migration_lock.toml', content: await read(baseDir, 'migration_lock.toml') },
    migrationDirectories: await Promise.all(names.sort().map((name) => readMigration(baseDir, name))),
  };
}

async function readMigration(baseDir: string, name: string): Promise<MigrationDirectory> {
  const value = await read(baseDir, name, 'migration.sql');
  return { path: name, migrationFile: { path: 'migration.sql', content: { tag: 'ok', value } } };
}

async function read(...file: readonly string[]): Promise<string> {
  return readFile(path.join(...file), 'utf8');
}
