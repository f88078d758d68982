import { spawnSync } from 'node:child_process';
import type { Tree } from '@nx/devkit';
import { addToList, removeFromList } from '../edit/yaml.ts';

const file = 'buf.yaml';
const list = ['modules', '0', 'breaking', 'ignore'];

/** Says that the contracts in a folder are gone on purpose, where an earlier commit has them: the check would call it a break. */
export function retire(tree: Tree, folder: string): void {
  const { stdout } = spawnSync('git', ['ls-tree', 'HEAD', folder], { cwd: tree.root, encoding: 'utf8' });
  if (stdout !== '') addToList(tree, file, list, folder);
}

/** Takes that back: the folder has contracts again, which callers can rely on. */
export function reinstate(tree: Tree, folder: string): void {
  removeFromList(tree, file, list, folder);
}
