import { spawnSync } from 'node:child_process';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { escapeIdentifier } from 'pg';
import { afterEach, describe, expect, test } from 'vitest';
import { withConnection } from './connection.ts';
import { withDatabase } from './database-url.ts';
import { provision } from './provision.ts';
import { serverUrl } from './testing/index.ts';

const administrator = () => withDatabase(serverUrl(), 'postgres');
const names = ['provisioned one', 'provisioned_two'];
const fixture = path.join(import.meta.dirname, 'testing/fixture');

function urlOf(name: string, password: string): string {
  const url = new URL(withDatabase(serverUrl(), name));
  url.username = encodeURIComponent(name);
  url.password = encodeURIComponent(password);
  return url.href;
}

async function ask(url: string, sql: string): Promise<unknown> {
  return withConnection(url, async (client) => (await client.query<{ answer: unknown }>(sql)).rows[0]?.answer);
}

afterEach(async () => {
  await withConnection(administrator(), async (client) => {
    for (const name of names.map(escapeIdentifier)) {
      await client.query(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
      await client.query(`DROP ROLE IF EXISTS ${name}`);
    }
  });
});

describe('provision', () => {
  test("makes a role that owns its database, whatever they are called, and is nobody's superior", async () => {
    const url = urlOf('provisioned one', "it's a \\ password");

    await provision(administrator(), url);

    const role = 'SELECT rolsuper OR rolcreatedb OR rolcreaterole AS answer FROM pg_roles WHERE rolname = current_user';
    expect(await ask(url, role)).toBe(false);
    await ask(url, 'CREATE TABLE own ()');
    expect(await ask(url, "SELECT tableowner AS answer FROM pg_tables WHERE tablename = 'own'")).toBe(
      'provisioned one',
    );
  });

  test('twice, it changes the password only', async () => {
    await provision(administrator(), urlOf('provisioned_two', 'first'));
    await ask(urlOf('provisioned_two', 'first'), 'CREATE TABLE kept ()');

    await provision(administrator(), urlOf('provisioned_two', 'second'));

    expect(await ask(urlOf('provisioned_two', 'second'), 'SELECT count(*)::int AS answer FROM kept')).toBe(0);
  });

  test('lets no other role into the database', async () => {
    await provision(administrator(), urlOf('provisioned one', 'one'));
    await provision(administrator(), urlOf('provisioned_two', 'two'));

    const access = "SELECT has_database_privilege('provisioned one', 'provisioned_two', 'CONNECT') AS answer";
    expect(await ask(administrator(), access)).toBe(false);
  });
});

describe('the job in front of a release', () => {
  function run(environment: NodeJS.ProcessEnv, ...args: readonly string[]) {
    const program = path.join(import.meta.dirname, 'migrate/main.ts');
    const env = { ...process.env, ...environment };
    return spawnSync(process.execPath, [program, ...args], { env, encoding: 'utf8' });
  }

  function fileWith(text: string): string {
    const file = path.join(mkdtempSync(path.join(tmpdir(), 'ko-secret-')), 'url');
    writeFileSync(file, `${text}\n`);
    return file;
  }

  test('makes and migrates the database, by URLs from files, and does nothing the next time', () => {
    const environment = {
      DATABASE_URL_FILE: fileWith(urlOf('provisioned_two', 'two')),
      ADMIN_DATABASE_URL_FILE: fileWith(administrator()),
    };

    const [first, second] = [run(environment, fixture), run(environment, fixture)];

    expect(first.stdout).toMatch(
      /^the database provisioned_two was migrated: 20260101000000_init, 20260102000000_email\n$/,
    );
    expect(second.stdout).toBe('the database provisioned_two is up to date\n');
    expect([first.status, second.status]).toEqual([0, 0]);
  });

  test.each([
    ['a database that is not there', { DATABASE_URL: 'postgresql://nobody@127.0.0.1:1/none' }, /ECONNREFUSED/],
    ['no URL', { DATABASE_URL: undefined }, /neither DATABASE_URL nor DATABASE_URL_FILE is set/],
    ['a file that is not there', { DATABASE_URL_FILE: '/nowhere/url' }, /ENOENT.*\/nowhere\/url/],
  ])('fails with %s, saying so', (_, environment, message) => {
    const { status, stderr } = run(environment, fixture);

    expect(stderr).toMatch(message);
    expect(stderr).not.toMatch(/^ {4}at /m);
    expect(status).toBe(1);
  });
});
