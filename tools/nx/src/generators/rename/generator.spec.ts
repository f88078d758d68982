import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Tree } from '@nx/devkit';
import { FsTree } from 'nx/src/generators/tree.js';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { changesOf, textOf } from '../../testing/repository.ts';
import { writeRename } from './generator.ts';

const migration = 'apps/pandas/prisma/migrations/1_init/migration.sql';
const proto = 'libs/contracts/proto/zoo/pandas/v1/pandas.proto';

let root: string;
let tree: Tree;

beforeEach(() => {
  root = mkdtempSync(path.join(tmpdir(), 'rename-'));
  write('package.json', '{ "name": "zoo", "displayName": "zoo" }');
  write('README.md', '# zoo\n\nThe zoo.\n');
  write('LICENSE', 'Copyright (c) The zoo authors\n');
  write('libs/service/src/product.ts', "export const product = {\n  name: 'zoo',\n  title: 'zoo',\n} as const;\n");
  write('apps/gateway/src/app.ts', "// Of the zoo.\nexport { chain } from '@zoo/endpoint';\n");
  write('apps/pandas/src/app.ts', "export { chain } from '@zoo/endpoint';\nexport const languages = ['en', 'zoo'];\n");
  write(migration, "-- 'zoo'\nCREATE TABLE zoo_pandas ();\n");
  write(proto, 'syntax = "proto3";\n\npackage zoo.pandas.v1;\n');
  write('ignored/zoo.txt', '@zoo/ignored');
  write('.gitignore', 'ignored/\n');
  execFileSync('git', ['init', '--quiet'], { cwd: root });
  execFileSync('git', ['add', 'README.md', 'apps/gateway'], { cwd: root });
  tree = new FsTree(root, false);
});

afterEach(() => rmSync(root, { recursive: true }));

test('the name goes everywhere, into new files too, and leaves credit in one line', async () => {
  await writeRename(tree, { name: 'acme-shop', title: 'Acme Shop' });

  expect(textOf(tree, 'README.md')).toBe(
    '# Acme Shop\n\nThe Acme Shop.\n\nGrown from zoo, a microservices skeleton in TypeScript (MIT).\n',
  );
  expect(textOf(tree, 'apps/gateway/src/app.ts')).toContain(
    "// Of the Acme Shop.\nexport { chain } from '@acme-shop/endpoint'",
  );
  expect(textOf(tree, 'libs/service/src/product.ts')).toMatch(/name: 'acme-shop',[^]*title: 'Acme Shop'/);
  expect(JSON.parse(textOf(tree, 'package.json'))).toEqual({ name: 'acme-shop', displayName: 'Acme Shop' });
  expect(textOf(tree, 'libs/contracts/proto/acme_shop/pandas/v1/pandas.proto')).toContain(
    'package acme_shop.pandas.v1;',
  );
  expect(tree.exists(proto)).toBe(false);
});

test('what is not ours to rename is left alone, and named', async () => {
  const { reasons } = await writeRename(tree, { name: 'acme' });

  const changed = [...changesOf(tree).keys()];
  expect(changed).not.toEqual(expect.arrayContaining(['LICENSE']));
  expect(changed.filter((file) => file === migration || file.startsWith('ignored'))).toEqual([]);
  expect(textOf(tree, 'apps/pandas/src/app.ts')).toContain(
    "from '@acme/endpoint';\nexport const languages = ['en', 'zoo'];",
  );
  expect(reasons).toEqual(
    [
      expect.stringContaining(`${migration}: databases have run it as it is`),
      expect.stringContaining(`${migration}:1`),
      expect.stringContaining("apps/pandas/src/app.ts:2: 'zoo' may be your word there"),
    ].toSorted(),
  );
});

test('twice is once, and another name comes after it', async () => {
  await writeRename(tree, { name: 'acme', title: 'Acme Shop' });
  flush();
  await writeRename(tree, { name: 'acme' });
  const again = [...changesOf(tree).keys()];

  await writeRename(tree, { name: 'globex' });

  expect(again).toEqual([]);
  expect(textOf(tree, 'README.md')).toBe(
    '# globex\n\nThe globex.\n\nGrown from zoo, a microservices skeleton in TypeScript (MIT).\n',
  );
  expect(tree.exists('libs/contracts/proto/globex/pandas/v1/pandas.proto')).toBe(true);
});

test('a title can change alone', async () => {
  await writeRename(tree, { name: 'zoo', title: 'Great Zoo' });

  expect(textOf(tree, 'README.md')).toMatch(/^# Great Zoo\n/);
  expect(textOf(tree, 'apps/gateway/src/app.ts')).toContain("'@zoo/endpoint'");
});

describe('refused, before anything is written, is', () => {
  test.each([
    [{ name: 'Acme' }, 'it has capitals'],
    [{ name: '../acme' }, 'it is a path'],
    [{ name: 'class' }, 'a word of the language'],
    [{ name: 'pandas' }, 'apps/pandas has it'],
    [{ name: 'npm' }, 'npm itself has it'],
    [{ name: 'acme', title: "Ada's" }, 'cannot be the title'],
    [{ name: 'acme', title: 'a\nb' }, 'cannot be the title'],
    [{ name: 'acme', title: '<b>' }, 'cannot be the title'],
    [{ name: 'acme', title: 'x'.repeat(61) }, 'cannot be the title'],
  ])('%j', async (options, reason) => {
    await expect(writeRename(tree, options)).rejects.toThrow(reason);

    expect(changesOf(tree).size).toBe(0);
  });
});

function write(file: string, text: string): void {
  mkdirSync(path.dirname(path.join(root, file)), { recursive: true });
  writeFileSync(path.join(root, file), text);
}

/** Writes what the generator has changed, as Nx does in the end. */
function flush(): void {
  for (const [file, text] of changesOf(tree)) {
    if (text === undefined) rmSync(path.join(root, file), { recursive: true });
    else write(file, text);
  }
  tree = new FsTree(root, false);
}
