import { createHash, randomUUID } from 'node:crypto';
import path from 'node:path';
import { escapeIdentifier } from 'pg';
import { withConnection } from '../connection.ts';
import { withDatabase } from '../database-url.ts';
import { migrate } from '../migrate/migrate.ts';
import { readMigrations } from '../migrate/migrations.ts';

/** A database of a test's own. */
export interface TestDatabase {
  readonly url: string;
  drop(): Promise<void>;
}

/** Under which test files wait for each other while one makes a template. */
const templateLock = 3;

/** An empty database with the migrations of a Prisma directory: a copy of one that is migrated once for all tests. */
export async function testDatabase(prismaDirectory: string): Promise<TestDatabase> {
  const server = serverUrl();
  const template = await templateFor(server, prismaDirectory);
  const name = `test_${randomUUID().replaceAll('-', '')}`;
  await command(server, `CREATE DATABASE ${escapeIdentifier(name)} TEMPLATE ${escapeIdentifier(template)}`);
  return {
    url: withDatabase(server, name),
    drop: () => command(server, `DROP DATABASE ${escapeIdentifier(name)} WITH (FORCE)`),
  };
}

/** The Postgres of the test run, as vitest-setup started or found it. */
export function serverUrl(): string {
  const { TEST_DATABASE_URL: url } = process.env;
  if (url === undefined)
    throw new Error('there is no Postgres for tests: run them by `npm test`, or set TEST_DATABASE_URL');
  return url;
}

const templates = new Map<string, Promise<string>>();

function templateFor(server: string, prismaDirectory: string): Promise<string> {
  const directory = path.resolve(prismaDirectory);
  const known = templates.get(directory) ?? makeTemplate(server, directory);
  templates.set(directory, known);
  return known;
}

async function makeTemplate(server: string, directory: string): Promise<string> {
  const migrations = JSON.stringify(await readMigrations(directory));
  const name = `template_${createHash('sha256').update(migrations).digest('hex').slice(0, 32)}`;
  await withConnection(withDatabase(server, 'postgres'), async (client) => {
    await client.query('SELECT pg_advisory_lock($1)', [templateLock]);
    const { rowCount } = await client.query('SELECT FROM pg_database WHERE datname = $1', [name]);
    if (rowCount === 1) return;
    // It gets its name when it is complete, so that a migration that fails leaves none to copy.
    const unfinished = `${name}_unfinished`;
    await client.query(`DROP DATABASE IF EXISTS ${unfinished} WITH (FORCE)`);
    await client.query(`CREATE DATABASE ${unfinished}`);
    await migrate(withDatabase(server, unfinished), directory);
    await client.query(`ALTER DATABASE ${unfinished} RENAME TO ${name}`);
  });
  return name;
}

async function command(server: string, sql: string): Promise<void> {
  await withConnection(withDatabase(server, 'postgres'), (client) => client.query(sql));
}
