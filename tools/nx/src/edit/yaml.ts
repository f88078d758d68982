import type { Tree } from '@nx/devkit';
import { isMap, isSeq, parseDocument } from 'yaml';
import { Refusal } from '../refusal.ts';

const asPrettierDoes = { lineWidth: 0, flowCollectionPadding: false } as const;

/** A text, or something that has a name. */
type Element = string | { readonly name: string; readonly [property: string]: unknown };

/** Adds an element to a list of a YAML file as its last one, unless the text or one of that name is there. Comments stay. */
export function addToList(tree: Tree, file: string, path: readonly string[], element: Element): void {
  const { document, list } = listIn(tree, file, path);
  const name = typeof element === 'string' ? element : element.name;
  if (list.items.some((item) => nameOf(item) === name)) return;
  list.add(document.createNode(element));
  tree.write(file, document.toString(asPrettierDoes));
}

/** Takes a text, or what has that name, out of a list of a YAML file, if it is there. */
export function removeFromList(tree: Tree, file: string, path: readonly string[], name: string): void {
  const { document, list } = listIn(tree, file, path);
  const index = list.items.findIndex((item) => nameOf(item) === name);
  if (index === -1) return;
  list.delete(index);
  tree.write(file, document.toString(asPrettierDoes));
}

function nameOf(item: unknown): string {
  return String(isMap(item) ? item.get('name') : item);
}

function listIn(tree: Tree, file: string, path: readonly string[]) {
  const document = parseDocument(tree.read(file, 'utf8') ?? '');
  const list = document.getIn(path);
  if (isSeq(list)) return { document, list };
  throw new Refusal(`${file} has no list ${path.join('.')} any more, which generators edit.`);
}
