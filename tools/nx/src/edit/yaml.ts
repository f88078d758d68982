import type { Tree } from '@nx/devkit';
import { isSeq, parseDocument } from 'yaml';
import { Refusal } from '../refusal.ts';

const asPrettierDoes = { lineWidth: 0, flowCollectionPadding: false } as const;

/** Adds a text to a list of a YAML file as its last element, unless it is there. Comments stay. */
export function addToList(tree: Tree, file: string, path: readonly string[], text: string): void {
  const { document, list } = listIn(tree, file, path);
  if (list.items.some((item) => String(item) === text)) return;
  list.add(document.createNode(text));
  tree.write(file, document.toString(asPrettierDoes));
}

/** Takes a text out of a list of a YAML file, if it is there. */
export function removeFromList(tree: Tree, file: string, path: readonly string[], text: string): void {
  const { document, list } = listIn(tree, file, path);
  const index = list.items.findIndex((item) => String(item) === text);
  if (index === -1) return;
  list.delete(index);
  tree.write(file, document.toString(asPrettierDoes));
}

function listIn(tree: Tree, file: string, path: readonly string[]) {
  const document = parseDocument(tree.read(file, 'utf8') ?? '');
  const list = document.getIn(path);
  if (isSeq(list)) return { document, list };
  throw new Refusal(`${file} has no list ${path.join('.')} any more, which generators edit.`);
}
