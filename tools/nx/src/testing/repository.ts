import { workspaceRoot, type Tree } from '@nx/devkit';
import { FsTree } from 'nx/src/generators/tree.js';

/** This repository as generators see it. What they write stays in memory. */
export function repositoryTree(): Tree {
  return new FsTree(workspaceRoot, false);
}

/** What a generator would write, by path; undefined for what it would delete. */
export function changesOf(tree: Tree): ReadonlyMap<string, string | undefined> {
  return new Map(tree.listChanges().map(({ path, content }) => [path, content?.toString()]));
}

/** The text of a file, which has to be there. */
export function textOf(tree: Tree, path: string): string {
  const text = tree.read(path, 'utf8');
  if (text === null) throw new Error(`there is no ${path}`);
  return text;
}
