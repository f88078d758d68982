import { spawnSync } from 'node:child_process';
import type { Tree } from '@nx/devkit';
import { Refusal } from '../../refusal.ts';
import { protoFolder } from '../../workspace.ts';
import type { Brand } from './brand.ts';

/** Folders of projects that came with the workspace. What lies in others is their owners'. */
const own: Readonly<Record<string, readonly string[]>> = {
  apps: ['e2e', 'gateway', 'order', 'user'],
  libs: ['contracts', 'data', 'discovery', 'endpoint', 'middleware', 'resource', 'service', 'transport'],
  clients: [],
  tools: ['bench', 'check', 'deploy', 'doctor', 'faults', 'journey', 'nx', 'run', 'stack', 'test', 'trial'],
};

/** Files that this does not write: what gives credit, and what is generated anew. */
const kept = /^(?:LICENSE|package-lock\.json|libs\/contracts\/src\/gen\/.*|clients\/[^/]+\/src\/gen\/.*)$/;

/** The files of the repository that may have the name, new ones too. Throws a Refusal where git is missing. */
export function filesToRename(tree: Tree): readonly string[] {
  const args = ['ls-files', '--cached', '--others', '--exclude-standard', '-z'];
  const { status, stdout } = spawnSync('git', args, { cwd: tree.root, encoding: 'utf8', maxBuffer: 2 ** 28 });
  if (status !== 0) throw new Refusal('Renaming needs git, to know which files are the repository: git init');
  return [...new Set(stdout.split('\0'))].filter((path) => path !== '' && tree.exists(path) && !kept.test(path));
}

/** Whether the file came with the workspace. */
export function isOurs(path: string): boolean {
  const [kind = '', project = '', ...rest] = path.split('/');
  const known = own[kind];
  return known === undefined || rest.length === 0 || known.includes(project);
}

/** Whether a database remembers the file by its content. */
export function isMigration(path: string): boolean {
  return /\/migrations\/[^/]+\/migration\.sql$/.test(path);
}

/** Where the file is afterwards. */
export function movedPath(path: string, from: Brand, to: Brand): string {
  const folder = `${protoFolder}/${from.snake}/`;
  return path.startsWith(folder) ? `${protoFolder}/${to.snake}/${path.slice(folder.length)}` : path;
}

/** Who has which name already, of those that a workspace may not have. */
export function takenNames(tree: Tree): ReadonlyMap<string, string> {
  const projects = ['apps', 'libs', 'tools'].flatMap((kind) =>
    tree.children(kind).map((name) => [name, `${kind}/${name}`] as const),
  );
  const protos = tree.children(protoFolder).map((name) => [name, `${protoFolder}/${name}`] as const);
  const scopes = tree
    .children('node_modules')
    .filter((name) => name.startsWith('@'))
    .map((scope) => [scope.slice(1), `the packages of ${scope}`] as const);
  return new Map([...scopes, ...protos, ...projects, ['node', 'Node itself'], ['npm', 'npm itself']]);
}
