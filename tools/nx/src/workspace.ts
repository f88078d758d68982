import { readJson, type Tree } from '@nx/devkit';

/** What the workspace is called, in the places that have rules of their own. */
export interface Workspace {
  /** In kebab-case: the npm scope is `@` and this. */
  readonly name: string;
  /** For people to read. */
  readonly title: string;
  /** First part of the names of our proto packages, and the folder that they are in. */
  readonly protoRoot: string;
}

/** The folder of all contracts. */
export const protoFolder = 'libs/contracts/proto';

export function readWorkspace(tree: Tree): Workspace {
  const { name, displayName } = readJson<{ name: string; displayName?: string }>(tree, 'package.json');
  return { name, title: displayName ?? name, protoRoot: protoRootOf(name) };
}

/** A proto package has no dashes in its name. */
export function protoRootOf(name: string): string {
  return name.replaceAll('-', '_');
}
