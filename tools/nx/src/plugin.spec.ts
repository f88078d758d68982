import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createNodes } from './plugin.ts';

let workspaceRoot: string;

beforeAll(async () => {
  workspaceRoot = await mkdtemp(join(tmpdir(), 'ko-nx-'));
});

afterAll(() => rm(workspaceRoot, { recursive: true }));

test('every project can be checked, linted and tested', async () => {
  await write('libs/retry/tsconfig.json');

  const project = await infer('libs/retry');

  expect(Object.keys(project?.targets ?? {})).toEqual(['typecheck', 'lint', 'test']);
});

test('an app that starts can be served, from its own folder', async () => {
  await write('apps/web/src/main.ts');

  const project = await infer('apps/web');

  expect(project?.targets?.serve).toMatchObject({ continuous: true, options: { cwd: 'apps/web' } });
});

test('an app with a database can generate its client and migrate, by the database that npm start made', async () => {
  await write('apps/stock/prisma/schema.prisma');

  const project = await infer('apps/stock');

  expect(Object.keys(project?.targets ?? {})).toEqual(expect.arrayContaining(['generate', 'migrate']));
  expect(project?.targets?.migrate?.options).toMatchObject({
    env: { DATABASE_URL: 'postgresql://postgres@127.0.0.1:54320/stock' },
  });
});

test.each([
  ['libs/endpoint', ['scope:endpoint', 'type:lib', 'layer:core']],
  ['libs/retry', ['scope:retry', 'type:lib', 'layer:part']],
  ['libs/service', ['scope:service', 'type:lib', 'layer:process']],
  ['apps/user', ['scope:user', 'type:app']],
  ['apps/e2e', ['scope:e2e', 'type:e2e']],
  ['tools/stack', ['scope:stack', 'type:tool']],
])('%s is tagged %s', async (root, tags) => {
  expect((await infer(root))?.tags).toEqual(tags);
});

async function infer(root: string) {
  const [, nodes] = createNodes;
  const [entry] = await nodes([`${root}/package.json`], undefined, { workspaceRoot, nxJsonConfiguration: {} });
  return entry?.[1].projects?.[root];
}

async function write(file: string): Promise<void> {
  await mkdir(join(workspaceRoot, file, '..'), { recursive: true });
  await writeFile(join(workspaceRoot, file), '');
}
