import { existsSync, readdirSync, renameSync, rmSync } from 'node:fs';
import path from 'node:path';
import { logger, updateJson, type GeneratorCallback, type Tree } from '@nx/devkit';
import { generateContracts, installPackages, run } from '../../programs.ts';
import { formatChanges } from '../../wiring/format-changes.ts';
import { editSource } from '../../wiring/edit-source.ts';
import { readWorkspace } from '../../workspace.ts';
import { LeftAlone } from '../../written.ts';
import { brandOf, requireBrand, type Brand } from './brand.ts';
import { filesToRename, isMigration, isOurs, movedPath, takenNames } from './files.ts';
import { linesWithWords, withForms, withWords } from './words.ts';

export interface RenameOptions {
  readonly name: string;
  readonly title?: string;
}

const product = 'libs/service/src/product.ts';

/** Gives the workspace another name, and brings in line what follows from its files. */
export default async function rename(tree: Tree, options: RenameOptions): Promise<GeneratorCallback> {
  const { name, title } = readWorkspace(tree);
  const leftAlone = await writeRename(tree, options);
  const hasChanged = tree.listChanges().length > 0;
  return () => {
    leftAlone.tell();
    if (!hasChanged) {
      logger.info(`The workspace is called ${name}, titled ${title}: nothing is left to do.`);
      return;
    }
    moveLocalFiles(tree.root, name, options.name);
    run('buf', 'format', '--write');
    generateContracts();
    installPackages();
    for (const client of tree.children('clients')) run('nx', 'generate', 'client', client);
  };
}

/** Writes the new name wherever the old one stands. Rejects with a Refusal, having written nothing. */
export async function writeRename(tree: Tree, options: RenameOptions): Promise<LeftAlone> {
  const present = readWorkspace(tree);
  const from = brandOf(present.name, present.title);
  const title = options.title?.trim() ?? (options.name === from.name ? from.title : undefined);
  const to = brandOf(options.name, title);
  const taken = new Map([...takenNames(tree)].filter(([name]) => name !== from.name && name !== from.snake));
  requireBrand(to, taken);

  const leftAlone = new LeftAlone();
  if (from.name === to.name && from.title === to.title) return leftAlone;
  for (const file of filesToRename(tree)) renameFile(tree, file, { from, to, leftAlone });
  updateJson(tree, 'package.json', (manifest: object) => ({ ...manifest, name: to.name, displayName: to.title }));
  editSource(tree, product, (source) => {
    source.remove({ variable: 'product' }, 'title');
    source.add({ variable: 'product' }, `/** For people. */\ntitle: '${to.title}'`, 'title');
  });
  creditOrigin(tree, from);
  await formatChanges(tree, new Map());
  return leftAlone;
}

interface Renaming {
  readonly from: Brand;
  readonly to: Brand;
  readonly leftAlone: LeftAlone;
}

function renameFile(tree: Tree, file: string, { from, to, leftAlone }: Renaming): void {
  const text = tree.read(file, 'utf8') ?? '';
  if (text.includes('\0')) return;
  const path = movedPath(file, from, to);
  if (path !== file) tree.delete(file);
  const renamed = text
    .split(/(?<=\n)/)
    .map((line) => (isCredit(line) ? line : renamedLine(line, file, { from, to })))
    .join('');
  if (isMigration(file)) {
    if (renamed !== text) leftAlone.add(file, 'databases have run it as it is');
  } else if (renamed !== text || path !== file) tree.write(path, renamed);
  if (!isOurs(file)) {
    for (const line of linesWithWords(renamed, from))
      leftAlone.add(`${file}:${line}`, `'${from.name}' may be your word there`);
  }
}

function renamedLine(line: string, file: string, { from, to }: Omit<Renaming, 'leftAlone'>): string {
  const formed = withForms(line, from, to);
  return isOurs(file) ? withWords(formed, from, to) : formed;
}

const credit = { before: 'Grown from ', after: ', a microservices skeleton in TypeScript (MIT).' };

/** The line that says where all this began. Later names do not change it. */
function isCredit(line: string): boolean {
  return line.startsWith(credit.before) && line.trimEnd().endsWith(credit.after);
}

function creditOrigin(tree: Tree, { title }: Brand): void {
  const text = tree.read('README.md', 'utf8') ?? '';
  if (text.split('\n').some(isCredit)) return;
  tree.write('README.md', `${text.trimEnd()}\n\n${credit.before}${title}${credit.after}\n`);
}

/** What git does not know goes by the name as well: data of `npm start`, what tells whether Prisma clients are current. */
function moveLocalFiles(root: string, from: string, to: string): void {
  const modules = path.join(root, 'node_modules');
  const stamps = readdirSync(modules).filter((name) => name.startsWith(`.${from}-`));
  const moves = [
    [path.join(root, `.${from}`), path.join(root, `.${to}`)],
    ...stamps.map((name) => [path.join(modules, name), path.join(modules, `.${to}${name.slice(from.length + 1)}`)]),
  ];
  for (const [old = '', now = ''] of moves)
    if (old !== now && existsSync(old) && !existsSync(now)) renameSync(old, now);
  if (from !== to) rmSync(path.join(modules, `@${from}`), { recursive: true, force: true });
}
