import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { GeneratorCallback, Tree } from '@nx/devkit';
import ejs from 'ejs';
import { formatted } from '../../format.ts';
import { namesOf, requireKebab, type Names } from '../../names.ts';
import { Refusal } from '../../refusal.ts';
import { sourceIn } from '../../wiring/edit-source.ts';
import { readWorkspace } from '../../workspace.ts';
import { LeftAlone, writeOnce } from '../../written.ts';
import { exportsOf, withExport } from './exports.ts';

export interface MiddlewareOptions {
  readonly name: string;
}

const folder = 'libs/middleware/src';
const index = `${folder}/index.ts`;

/** Makes a middleware that passes calls on, with a test. Rejects with a Refusal, having written nothing. */
export default async function middleware(tree: Tree, options: MiddlewareOptions): Promise<GeneratorCallback> {
  requireKebab(options.name, 'middleware');
  const names = namesOf(options.name);
  const before = sourceIn(tree, index).text;
  requireFree(tree, names, before);
  const leftAlone = new LeftAlone();

  for (const suffix of ['.ts', '.spec.ts']) {
    const file = `${folder}/${names.kebab}${suffix}`;
    writeOnce(tree, file, await formatted(file, rendered(suffix, tree, names)), leftAlone);
  }
  const after = await formatted(index, withExport(before, namesIn(names), `./${names.kebab}.ts`));
  if (after !== before) tree.write(index, after);

  return () => leftAlone.tell();
}

/** Throws a Refusal when something else than a middleware with options has the name. */
function requireFree(tree: Tree, { kebab, camel, pascal }: Names, indexText: string): void {
  const file = `${folder}/${kebab}.ts`;
  const other = exportsOf(indexText).find(
    ({ module, names }) => module !== `./${kebab}.ts` && (names.includes(camel) || names.includes(`${pascal}Options`)),
  );
  const source = tree.exists(file) ? sourceIn(tree, file) : undefined;
  const isOther = source !== undefined && !(source.declares(camel) && source.declares(`${pascal}Options`));
  const holder = other?.module ?? (isOther ? file : reserved.get(camel));
  if (holder === undefined) return;
  throw new Refusal(`'${kebab}' cannot be the name of a middleware: ${holder} has it. Take another, such as tenant.`);
}

function namesIn({ camel, pascal }: Names): readonly string[] {
  return [camel, `type ${pascal}Options`];
}

function rendered(suffix: string, tree: Tree, names: Names): string {
  const template = readFileSync(path.join(import.meta.dirname, `files/middleware${suffix}.template`), 'utf8');
  return ejs.render(template, { n: names, scope: readWorkspace(tree).name }, { escape: String });
}

/** Functions that stand beside a middleware where it is made, tested or used, and who has them. */
const reserved: ReadonlyMap<string, string> = new Map([
  ['nameOf', './method-name.ts'],
  ...['settle', 'chain', 'wrap', 'createContext'].map((name) => [name, 'libs/endpoint'] as const),
]);
