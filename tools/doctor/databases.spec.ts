import { cpSync, mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { migrate } from '@ko/data';
import { serverUrl, testDatabase, type TestDatabase } from '@ko/data/testing';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { readContext } from './context.ts';
import { checkDatabases } from './databases.ts';

const init = 'CREATE TABLE "people" ("id" INTEGER NOT NULL, CONSTRAINT "people_pkey" PRIMARY KEY ("id"));';
const schema = `
datasource db {
  provider = "postgresql"
}

model people {
  id Int @id
}
`;

let root = '';
let prisma = '';
let database: TestDatabase;

// The app is called as its database is.
beforeEach(async () => {
  root = mkdtempSync(join(tmpdir(), 'doctor-databases-'));
  writePrisma(join(root, 'prisma'));
  database = await testDatabase(join(root, 'prisma'));
  prisma = join(root, 'apps', new URL(database.url).pathname.slice(1), 'prisma');
  mkdirSync(join(prisma, '..'), { recursive: true });
  renameSync(join(root, 'prisma'), prisma);
});

afterEach(async () => {
  await database.drop();
  rmSync(root, { recursive: true });
});

function writePrisma(folder: string): void {
  mkdirSync(folder);
  writeFileSync(join(folder, 'schema.prisma'), schema);
  writeMigration(folder, '20260101000000_init', init);
  writeFileSync(join(folder, 'migrations/migration_lock.toml'), 'provider = "postgresql"\n');
}

function writeMigration(folder: string, name: string, sql: string): void {
  mkdirSync(join(folder, 'migrations', name), { recursive: true });
  writeFileSync(join(folder, 'migrations', name, 'migration.sql'), sql);
}

function check() {
  return checkDatabases(readContext(root, [], { DATABASE_SERVER_URL: serverUrl() }));
}

describe('a database', () => {
  test('that agrees with its migrations and its schema is fine', async () => {
    expect(await check()).toMatchObject([{ level: 'ok' }]);
  });

  test('that lacks a migration gets it from a start', async () => {
    writeMigration(prisma, '20260102000000_more', 'CREATE TABLE "more" ("id" INTEGER);');

    expect(await check()).toMatchObject([
      { level: 'warning', found: 'lacks the migrations 20260102000000_more', mend: 'npm start' },
    ]);
  });

  test('that nobody has made is made by a start', async () => {
    cpSync(prisma, join(root, 'apps/no-such-database/prisma'), { recursive: true });

    expect(await check()).toContainEqual({
      level: 'warning',
      subject: 'database no-such-database',
      found: 'does not exist',
      mend: 'npm start',
    });
  });

  test('in which a migration failed is wrong', async () => {
    writeMigration(prisma, '20260102000000_broken', 'CREATE TABLE nonsense (;');
    await expect(migrate(database.url, prisma)).rejects.toThrow('20260102000000_broken');

    const [finding] = await check();

    expect(finding).toMatchObject({ level: 'wrong', found: 'the migration 20260102000000_broken failed halfway' });
    expect(finding?.mend).toContain('prisma migrate resolve --rolled-back 20260102000000_broken');
  });

  test('whose migrations were edited or are of another branch is a warning', async () => {
    writeMigration(prisma, '20260102000000_other', 'SELECT 1;');
    await migrate(database.url, prisma);
    writeMigration(prisma, '20260101000000_init', `${init} -- edited`);
    rmSync(join(prisma, 'migrations/20260102000000_other'), { recursive: true });

    expect(await check()).toMatchObject([
      { level: 'warning', found: 'has migrations that this checkout lacks: 20260102000000_other' },
      { level: 'warning', found: 'has migrations that were edited afterwards: 20260101000000_init' },
    ]);
  });

  test('for whose schema nobody made a migration is wrong', async () => {
    writeFileSync(join(prisma, 'schema.prisma'), schema.replace('@id', '@id\n  age Int?'));

    const [finding] = await check();

    expect(finding).toMatchObject({ level: 'wrong' });
    expect(finding?.found).toContain('differs from schema.prisma: [*] Changed the `people` table');
    expect(finding?.mend).toContain('npx prisma migrate dev');
  });

  test('whose schema makes no sense is wrong', async () => {
    writeFileSync(join(prisma, 'schema.prisma'), `${schema}nonsense`);

    const [finding] = await check();

    expect(finding).toMatchObject({ level: 'wrong' });
    expect(finding?.mend).toContain('npx prisma validate');
  });
});

test('without a server there is nothing to say', async () => {
  expect(await checkDatabases(readContext(root, [], {}))).toEqual([
    { level: 'note', subject: 'migrations', found: 'unknown: the system does not run' },
  ]);
});

test('a server that does not answer is found elsewhere', async () => {
  const findings = await checkDatabases(readContext(root, [], { DATABASE_SERVER_URL: 'postgresql://127.0.0.1:1' }));

  expect(findings).toMatchObject([{ level: 'note', subject: 'migrations' }]);
});
