import type { Tree } from '@nx/devkit';
import { isMap, isScalar, isSeq, parseDocument, type Document } from 'yaml';
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

/** An entry of a map, which may be made with the document's own anchors. */
interface Entry {
  readonly key: string;
  readonly value: unknown;
  /** The entry in front of which it belongs; the end, unless said. */
  readonly before?: string;
}

/** Adds an entry to a map of a YAML file, unless there is one of that key. Comments stay. */
export function addToMap(tree: Tree, file: string, path: readonly string[], make: (document: Document) => Entry): void {
  const { document, map } = mapIn(tree, file, path);
  const { key, value, before } = make(document);
  if (map.has(key)) return;
  const pair = document.createPair(key, value);
  const place = map.items.findIndex((item) => keyOf(item) === before);
  // Like the entries around it, it has an empty line in front where they have.
  const next = map.items[place]?.key;
  if (isScalar(next) && next.spaceBefore === true && isScalar(pair.key)) pair.key.spaceBefore = true;
  map.items.splice(place === -1 ? map.items.length : place, 0, pair);
  tree.write(file, document.toString(asPrettierDoes));
}

/** Takes an entry out of a map of a YAML file, if it is there. */
export function removeFromMap(tree: Tree, file: string, path: readonly string[], key: string): void {
  const { document, map } = mapIn(tree, file, path);
  if (map.delete(key)) tree.write(file, document.toString(asPrettierDoes));
}

function keyOf({ key }: { readonly key: unknown }): string {
  return String(isScalar(key) ? key.value : key);
}

function mapIn(tree: Tree, file: string, path: readonly string[]) {
  const document = parseDocument(tree.read(file, 'utf8') ?? '');
  const map = document.getIn(path);
  if (isMap(map)) return { document, map };
  throw new Refusal(`${file} has no map ${path.join('.')} any more, which generators edit.`);
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
