import { cpSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { freePorts } from '@ko/discovery/testing';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { foreignServer, ownServer, prepareDatabases, type DatabaseServer } from './databases.ts';
import { root } from './root.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'databases-'));
const app = path.join(root, 'apps/order');
const migration = /^migrated the database zebras: \d+_\w+/;

let server: DatabaseServer;

beforeAll(async () => {
  const [port = 0] = await freePorts(1);
  server = await ownServer(folder, port);
  // What somebody generated first, removed, and generated again: the same, by a migration of another name.
  const before = path.join(folder, 'app');
  cpSync(path.join(app, 'prisma'), path.join(before, 'prisma'), { recursive: true });
  const [line = ''] = (await prepareDatabases(server, { zebras: app })).slice(1);
  const names = line.replace(/^.*: /, '').split(', ');
  for (const name of names) {
    renameSync(path.join(before, 'prisma/migrations', name), path.join(before, 'prisma/migrations', `${name}_before`));
  }
  await prepareDatabases(server, { gnus: before });
});

afterAll(async () => {
  await server.stop();
  rmSync(folder, { recursive: true });
});

test('a database that is up to date stays as it is', async () => {
  expect(await prepareDatabases(server, { zebras: app })).toEqual([]);
});

test('one that other code made is put aside on a server of our own', async () => {
  const done = await prepareDatabases(server, { gnus: app });

  expect(done).toEqual([
    expect.stringMatching(/^put the database gnus aside as gnus_until_\d{14}, since other migrations made it$/),
    'created the database gnus',
    expect.stringMatching(migration.source.replace('zebras', 'gnus')),
  ]);
});

test('and refused on one of somebody else, by name', async () => {
  const theirs = foreignServer(server.url('postgres'));
  const before = { zebras: path.join(folder, 'app') };

  await expect(prepareDatabases(theirs, before)).rejects.toThrow(
    /^The database zebras: it was made by other migrations/,
  );
});
