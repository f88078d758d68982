import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { Tree } from '@nx/devkit';
import ejs from 'ejs';
import { protoFolder } from '../../workspace.ts';
import { kubernetesFiles } from '../../wiring/kubernetes.ts';
import type { modelOf } from './model.ts';

type Model = ReturnType<typeof modelOf>;

const templates = path.join(import.meta.dirname, 'files');

const always = [
  'package.json',
  'tsconfig.json',
  'README.md',
  'src/main.ts',
  'src/app.ts',
  'src/app.spec.ts',
  'src/config.ts',
  'src/endpoints.ts',
  'src/index.ts',
  'src/refusals.ts',
  'src/repository.ts',
  'src/repository.spec.ts',
  'src/service.ts',
  'src/service.spec.ts',
  'src/__resource__.ts',
  'src/testing/__plural__.ts',
];

const withDatabase = [
  'prisma.config.ts',
  'prisma/schema.prisma',
  'prisma/migrations/migration_lock.toml',
  'src/database.ts',
];

/** All files of a service by their paths, as the templates have them: not formatted yet. */
export function filesOf(model: Model, tree: Tree): ReadonlyMap<string, string> {
  const app = `apps/${model.s.kebab}`;
  const own = [...always, ...(model.database ? withDatabase : [])].map(
    (file) => [`${app}/${named(file, model)}`, rendered(`app/${file}`, model)] as const,
  );
  const deployed = [...kubernetesFiles(tree, model.s.kebab)]
    .filter(([template]) => model.database || template !== 'secrets.env')
    .map(([template, file]) => [file, rendered(`deploy/${template}`, model)] as const);
  return new Map([
    [`${contractFolder(model)}/v1/${model.s.snake}.proto`, rendered('contract/contract.proto', model)],
    [`libs/contracts/src/${model.s.kebab}.ts`, rendered('contract/contract.ts', model)],
    ...own,
    ...deployed,
    ...(model.database ? firstMigration(app, model, tree) : []),
  ]);
}

/** The folder of a service's contract in all its versions. */
export function contractFolder({ protoRoot, s }: Pick<Model, 'protoRoot' | 's'>): string {
  return `${protoFolder}/${protoRoot}/${s.snake}`;
}

/** Its folder says when it was made; one that is there keeps its name. */
function firstMigration(app: string, model: Model, tree: Tree): readonly (readonly [string, string])[] {
  const folder = `${app}/prisma/migrations`;
  const present = tree.children(folder).find((name) => name.endsWith('_init'));
  const now = new Date().toISOString().replace(/\D/g, '').slice(0, 14);
  return [
    [`${folder}/${present ?? `${now}_init`}/migration.sql`, rendered('app/prisma/migrations/migration.sql', model)],
  ];
}

function named(file: string, { r, p }: Model): string {
  return file.replace('__resource__', r.kebab).replace('__plural__', p.kebab);
}

function rendered(file: string, model: Model): string {
  const template = readFileSync(path.join(templates, `${file}.template`), 'utf8');
  return ejs.render(template, model, { escape: String });
}
