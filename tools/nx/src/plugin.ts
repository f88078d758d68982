import { existsSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type { CreateNodes, TargetConfiguration } from '@nx/devkit';
import { tagsOf } from './tags.ts';

export const name = '@ko/nx';

/** Makes a project of every package, with its targets and the tags that the import rules judge it by. */
export const createNodes: CreateNodes = [
  '{apps,libs,tools}/*/package.json',
  (manifests, _options, { workspaceRoot }) =>
    manifests.map((manifest) => {
      const root = dirname(manifest);
      const project = { root, tags: tagsOf(root), targets: targetsOf(root, workspaceRoot) };
      return [manifest, { projects: { [root]: project } }];
    }),
];

/** Inputs of a task that reads this project and those it depends on. */
const sources = ['default', '^default'];

function targetsOf(root: string, workspaceRoot: string): Record<string, TargetConfiguration> {
  const has = (file: string) => existsSync(join(workspaceRoot, root, file));
  const command = (text: string, rest: Omit<TargetConfiguration, 'command'>) => ({ command: text, ...rest });

  const hasDatabase = has('prisma/schema.prisma');
  // Unless told otherwise, the database that `npm start` made.
  const env = { DATABASE_URL: process.env.DATABASE_URL ?? `postgresql://postgres@127.0.0.1:54320/${basename(root)}` };

  return {
    ...(has('tsconfig.json') && {
      typecheck: command(`node node_modules/typescript7/bin/tsc -p ${root}`, { cache: true, inputs: sources }),
    }),
    lint: command(`eslint ${root}`, { cache: true, inputs: [...sources, '{workspaceRoot}/eslint.config.mjs'] }),
    test: command(`vitest run ${root} --passWithNoTests`, {
      cache: true,
      inputs: [...sources, '{workspaceRoot}/vitest.config.ts'],
    }),
    ...(has('src/main.ts') && {
      serve: command('node --watch src/main.ts', {
        continuous: true,
        options: { cwd: root, ...(hasDatabase && { env }) },
      }),
    }),
    ...(hasDatabase && {
      generate: command('prisma generate', {
        cache: true,
        inputs: ['{projectRoot}/prisma/schema.prisma', { externalDependencies: ['prisma'] }],
        outputs: ['{projectRoot}/src/generated/prisma'],
        options: { cwd: root },
      }),
      migrate: command('prisma migrate dev', { options: { cwd: root, env } }),
    }),
  };
}
