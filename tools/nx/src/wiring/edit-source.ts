import type { Tree } from '@nx/devkit';
import { Source } from '../edit/source.ts';
import { Refusal } from '../refusal.ts';

/** Edits a file of TypeScript by its syntax. Throws a Refusal when the file is not there. */
export function editSource(tree: Tree, path: string, edit: (source: Source) => void): void {
  const source = sourceIn(tree, path);
  const before = source.text;
  edit(source);
  if (source.text !== before) tree.write(path, source.text);
}

export function sourceIn(tree: Tree, path: string): Source {
  const text = tree.read(path, 'utf8');
  if (text === null) throw new Refusal(`${path} is not there any more, which generators edit.`);
  return new Source(path, text);
}
