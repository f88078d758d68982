import { updateJson, type Tree } from '@nx/devkit';
import type { Wiring } from './wiring.ts';

interface LaunchFile {
  readonly inputs: readonly { readonly id: string; readonly options: readonly string[] }[];
}

const file = '.vscode/launch.json';

/** The services to choose from when an editor starts one. */
export const launch: Wiring = {
  add: (tree, { names }) => editOptions(tree, (options) => [...new Set([...options, names.kebab])]),
  remove: (tree, { names }) => editOptions(tree, (options) => options.filter((option) => option !== names.kebab)),
};

function editOptions(tree: Tree, edit: (options: readonly string[]) => readonly string[]): void {
  if (!tree.exists(file)) return;
  updateJson(tree, file, (launch: LaunchFile) => ({
    ...launch,
    inputs: launch.inputs.map((input) => (input.id === 'app' ? { ...input, options: edit(input.options) } : input)),
  }));
}
