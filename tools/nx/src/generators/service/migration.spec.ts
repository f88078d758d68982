import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { workspaceRoot } from '@nx/devkit';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { changesOf, repositoryTree, textOf } from '../../testing/repository.ts';
import { writeService } from './generator.ts';

const run = promisify(execFile);
const app = 'apps/zebras';
const everyKind =
  'Zebra a_text:string b:int c:long d:double e:bool f:money g:timestamp h:enum(one,two_three) ' +
  'j:string? k:int? l:long? m:double? n:bool? o:money? p:timestamp? q:enum(one)?';

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'migration-'));
});

afterEach(() => rm(folder, { recursive: true }));

test('the first migration is what Prisma would write for the schema', async () => {
  const { schema, migration } = await generated();

  const args = ['migrate', 'diff', '--from-empty', '--to-schema', schema, '--script'];
  const { stdout } = await prisma(...args);

  // Nothing has no schema, while a new database has that one.
  const withoutSchema = stdout.replace('-- CreateSchema\nCREATE SCHEMA IF NOT EXISTS "public";\n', '');
  expect(withoutSchema.trim()).toBe(migration.trim());
});

test('the schema is laid out as Prisma would lay it out', async () => {
  const { schema } = await generated();

  await expect(prisma('format', '--check', '--schema', schema)).resolves.toBeDefined();
});

/** The files of a service with fields of every kind, one of them in a folder of its own. */
async function generated() {
  const tree = repositoryTree();
  await writeService(tree, { name: 'zebras', resource: everyKind });
  const schema = path.join(folder, 'schema.prisma');
  await writeFile(schema, textOf(tree, `${app}/prisma/schema.prisma`));
  const [migration = ''] = [...changesOf(tree)].flatMap(([file, text]) =>
    file.endsWith('/migration.sql') ? [text] : [],
  );
  return { schema, migration };
}

/** Runs Prisma as the sample app has it set up, on the Postgres of the test run. */
function prisma(...args: readonly string[]) {
  const program = path.join(workspaceRoot, 'node_modules/prisma/build/index.js');
  const env = { ...process.env, DATABASE_URL: process.env.TEST_DATABASE_URL, CHECKPOINT_DISABLE: '1' };
  return run(process.execPath, [program, ...args], { cwd: path.join(workspaceRoot, 'apps/order'), env });
}
