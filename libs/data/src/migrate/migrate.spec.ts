import { randomUUID } from 'node:crypto';
import { cpSync, mkdirSync, renameSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { withConnection } from '../connection.ts';
import { withDatabase } from '../database-url.ts';
import { ensureDatabase } from '../ensure-database.ts';
import { serverUrl, testDatabase } from '../testing/index.ts';
import { migrate } from './migrate.ts';

const fixture = path.join(import.meta.dirname, '../testing/fixture');
const names = ['20260101000000_init', '20260102000000_email'];
const home = mkdtempSync(path.join(os.tmpdir(), 'ko-migrate-'));
afterAll(() => rmSync(home, { recursive: true, force: true }));

async function emptyDatabase(): Promise<string> {
  const url = withDatabase(serverUrl(), `empty_${randomUUID().replaceAll('-', '')}`);
  await ensureDatabase(url);
  return url;
}

describe('migrate', () => {
  test('applies what is missing, once', async () => {
    const url = await emptyDatabase();

    const first = await migrate(url, fixture);
    const second = await migrate(url, fixture);

    expect(first).toEqual(names);
    expect(second).toEqual([]);
  });

  test('may be run by several at once', async () => {
    const url = await emptyDatabase();

    const applied = await Promise.all([migrate(url, fixture), migrate(url, fixture), migrate(url, fixture)]);

    expect(applied.flat()).toEqual(names);
  });

  test('names the migration that fails, why, and what to do', async () => {
    const broken = path.join(home, 'prisma');
    cpSync(fixture, broken, { recursive: true });
    mkdirSync(path.join(broken, 'migrations/20260103000000_broken'));
    writeFileSync(path.join(broken, 'migrations/20260103000000_broken/migration.sql'), 'CREATE TABLE nonsense (;');
    const url = await emptyDatabase();

    const failure = migrate(url, broken);

    await expect(failure).rejects.toThrow(/20260103000000_broken failed: syntax error.*migrate resolve --rolled-back/s);
    await expect(migrate(url, broken)).rejects.toThrow(/20260103000000_broken failed before/);
  });

  test('leaves a database alone that other code made', async () => {
    const other = path.join(home, 'other');
    cpSync(fixture, other, { recursive: true });
    for (const name of names) {
      renameSync(path.join(other, 'migrations', name), path.join(other, 'migrations', `${name}_of_another`));
    }
    const url = await emptyDatabase();
    await migrate(url, other);

    const failure = migrate(url, fixture);

    await expect(failure).rejects.toMatchObject({
      isForeign: true,
      message: expect.stringContaining('_of_another') as string,
    });
    expect(await migrate(url, other)).toEqual([]);
  });
});

test('ensureDatabase creates a database once, however many ask for it', async () => {
  const url = withDatabase(serverUrl(), `once_${randomUUID().replaceAll('-', '')}`);

  const created = await Promise.all([ensureDatabase(url), ensureDatabase(url), ensureDatabase(url)]);

  expect(created.filter(Boolean)).toHaveLength(1);
  await expect(ensureDatabase(url)).resolves.toBe(false);
});

test('a test database is migrated, and nobody else sees what is in it', async () => {
  const [one, two] = await Promise.all([testDatabase(fixture), testDatabase(fixture)]);
  const tables = (url: string) =>
    withConnection(url, async (client) => {
      const { rows } = await client.query<{ name: string }>(
        "SELECT table_name AS name FROM information_schema.tables WHERE table_schema = 'public'",
      );
      return rows.map(({ name }) => name).sort();
    });

  await withConnection(one.url, (client) => client.query('CREATE TABLE mine ()'));

  expect(await tables(one.url)).toContain('mine');
  expect(await tables(two.url)).not.toContain('mine');
  expect(await tables(two.url)).toContain('_prisma_migrations');
  await Promise.all([one.drop(), two.drop()]);
});
