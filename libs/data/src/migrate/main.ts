// `node libs/data/src/migrate/main.ts <Prisma directory>`, in an image `node migrate.mjs prisma`: what a database needs before
// a release runs on it. Migrates the database of `DATABASE_URL`; with `ADMIN_DATABASE_URL`, makes it and its role first.
// Either may be in a file, whose name then is in `DATABASE_URL_FILE` or `ADMIN_DATABASE_URL_FILE`.
import { readFileSync } from 'node:fs';
import { databaseName } from '../database-url.ts';
import { provision } from '../provision.ts';
import { migrate } from './migrate.ts';

const [, , directory] = process.argv;

try {
  process.stdout.write(`${await prepare()}\n`);
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
// The engine of migrations keeps a timer going.
process.exit();

async function prepare(): Promise<string> {
  const url = setting('DATABASE_URL');
  if (url === undefined) throw new Error('neither DATABASE_URL nor DATABASE_URL_FILE is set');
  if (directory === undefined) throw new Error('say where the migrations are: apps/<app>/prisma');
  const administrator = setting('ADMIN_DATABASE_URL');
  if (administrator !== undefined) await provision(administrator, url);
  const migrations = await migrate(url, directory);
  const what = migrations.length === 0 ? 'is up to date' : `was migrated: ${migrations.join(', ')}`;
  return `the database ${databaseName(url)} ${what}`;
}

function setting(name: string): string | undefined {
  const { [name]: value, [`${name}_FILE`]: file } = process.env;
  return value ?? (file === undefined ? undefined : readFileSync(file, 'utf8').trimEnd());
}
