import ts from 'typescript';
import { Refusal } from '../refusal.ts';
import { declarationOf, find, members, nameOf, said, type Holder, type Place } from './place.ts';

/** A file of TypeScript that generators add to and take away from, by its syntax. Layout is for Prettier to mend. */
export class Source {
  readonly #path: string;
  #text: string;

  constructor(path: string, text: string) {
    this.#path = path;
    this.#text = text;
  }

  get text(): string {
    return this.#text;
  }

  /** Adds an import of names from a module, to the import that is there if there is one. `type T` imports a type. */
  import(names: readonly string[], module: string): void {
    const file = this.#parse();
    const present = file.statements.filter(ts.isImportDeclaration);
    const same = present.find(({ moduleSpecifier }) => specifier(moduleSpecifier) === module);
    const named = same?.importClause?.namedBindings;
    if (named !== undefined && ts.isNamedImports(named)) {
      const known = new Set(named.elements.map((element) => plain(element.getText(file))));
      const missing = names.filter((name) => !known.has(plain(name)));
      const all = missing.reduce<readonly string[]>(
        inserted,
        named.elements.map((element) => element.getText(file)),
      );
      if (missing.length > 0) this.#replace(named, `{ ${all.join(', ')} }`);
      return;
    }
    const line = `import { ${names.toSorted(inImport).join(', ')} } from '${module}';\n`;
    const next = present.find(({ moduleSpecifier }) => comesAfter(specifier(moduleSpecifier), module));
    this.#insert(next?.getStart(file) ?? present.at(-1)?.getEnd() ?? 0, next === undefined ? `\n${line}` : line);
  }

  /** Takes names out of the import from a module, and the import away when none is left. */
  unimport(module: string, names?: readonly string[]): void {
    const file = this.#parse();
    const found = file.statements
      .filter(ts.isImportDeclaration)
      .find(({ moduleSpecifier }) => specifier(moduleSpecifier) === module);
    if (found === undefined) return;
    const named = found.importClause?.namedBindings;
    const elements = named !== undefined && ts.isNamedImports(named) ? [...named.elements] : [];
    const kept = elements.filter((element) => names !== undefined && !names.includes(plain(element.getText(file))));
    if (kept.length === 0 || named === undefined) this.#removeLines(found);
    else this.#replace(named, `{ ${kept.map((element) => element.getText(file)).join(', ')} }`);
  }

  /** Whether a place has a member of that name, as `nameOf` says. */
  has(place: Place, name: string): boolean {
    const file = this.#parse();
    return members(this.#find(file, place)).some((member) => nameOf(member, file) === name);
  }

  /** The members of a place, as they are written. */
  texts(place: Place): readonly string[] {
    const file = this.#parse();
    return members(this.#find(file, place)).map((member) => member.getText(file));
  }

  /**
   * Adds a member as the last one; to a class, as the last that others can call, before its private ones. Does nothing
   * when one of that name, as `nameOf` says, is there.
   */
  add(place: Place, text: string, name = text): void {
    const file = this.#parse();
    const holder = this.#find(file, place);
    const all = members(holder);
    if (all.some((member) => nameOf(member, file) === name)) return;
    const isClass = ts.isClassDeclaration(holder);
    const last = isClass ? (all.findLast((member) => !nameOf(member, file).startsWith('#')) ?? all.at(-1)) : all.at(-1);
    if (last === undefined) {
      this.#insert(holder.getEnd() - 1, `\n${text}\n`);
      return;
    }
    const comma = ts.isArrayLiteralExpression(holder) || ts.isObjectLiteralExpression(holder) ? ',' : '';
    const end = this.#behindComma(last.getEnd());
    const lineEnd = this.#memberEnd(last.getEnd());
    this.#insert(lineEnd, `${isClass ? '\n\n' : '\n'}${text}${lineEnd === end ? '' : '\n'}`);
    if (end === last.getEnd()) this.#insert(end, comma);
  }

  /** Takes a member away. Does nothing when there is none of that name. */
  remove(place: Place, name: string): void {
    const file = this.#parse();
    const all = members(this.#find(file, place));
    const index = all.findIndex((member) => nameOf(member, file) === name);
    const found = all[index];
    if (found === undefined) return;
    const before = all[index - 1];
    const from = before === undefined ? found.getFullStart() : this.#memberEnd(before.getEnd());
    this.#cut(from, this.#memberEnd(found.getEnd()));
  }

  /** Adds statements after the one that declares a constant, with an empty line before them. */
  declareAfter(variable: string, text: string): void {
    const file = this.#parse();
    this.#insert(this.#declaration(file, variable).getEnd(), `\n\n${text}`);
  }

  /** Adds statements before the one that declares a constant, with an empty line after them. */
  declareBefore(variable: string, text: string): void {
    const file = this.#parse();
    this.#insert(this.#declaration(file, variable).getStart(file, true), `${text}\n\n`);
  }

  /** Whether a constant is declared, at the top of the file. */
  declares(variable: string): boolean {
    return declarationOf(this.#parse(), variable) !== undefined;
  }

  /** Takes away the statement that declares a constant. */
  undeclare(variable: string): void {
    const found = declarationOf(this.#parse(), variable);
    if (found !== undefined) this.#removeLines(found);
  }

  #find(file: ts.SourceFile, place: Place): Holder {
    const found = find(file, place);
    if (found !== undefined) return found;
    throw new Refusal(
      `${this.#path}: ${said(place)} is not there any more, which generators edit. ` +
        'Put it back where it was, and run this again.',
    );
  }

  #declaration(file: ts.SourceFile, variable: string): ts.Statement {
    const found = declarationOf(file, variable);
    if (found !== undefined) return found;
    throw new Refusal(`${this.#path}: const ${variable} is not there any more, which generators look for.`);
  }

  #parse(): ts.SourceFile {
    return ts.createSourceFile(this.#path, this.#text, ts.ScriptTarget.Latest, true);
  }

  /** Behind the comma of a member and what a comment says of it on its line. */
  #memberEnd(end: number): number {
    const behind = this.#behindComma(end);
    return behind + (/^[ \t]*\/\/[^\n]*/.exec(this.#text.slice(behind))?.[0].length ?? 0);
  }

  #behindComma(end: number): number {
    return end + (/^\s*,/.exec(this.#text.slice(end))?.[0].length ?? 0);
  }

  #insert(at: number, text: string): void {
    this.#text = this.#text.slice(0, at) + text + this.#text.slice(at);
  }

  #replace(node: ts.Node, text: string): void {
    this.#text = this.#text.slice(0, node.getStart()) + text + this.#text.slice(node.getEnd());
  }

  #cut(from: number, to: number): void {
    this.#text = this.#text.slice(0, from) + this.#text.slice(to);
  }

  /** With its comment and the rest of its last line; an empty line before it stays. */
  #removeLines(node: ts.Node): void {
    const end = this.#text.indexOf('\n', node.getEnd());
    this.#cut(node.getStart(undefined, true), end === -1 ? this.#text.length : end + 1);
  }
}

function specifier(node: ts.Expression): string {
  return ts.isStringLiteral(node) ? node.text : '';
}

/** The name that an import is of, without `type`. */
function plain(name: string): string {
  return name.replace(/^type /, '');
}

/** The names with one more in its place; the others stay in the order they are in. */
function inserted(names: readonly string[], name: string): readonly string[] {
  const after = names.findIndex((other) => inImport(other, name) > 0);
  return after === -1 ? [...names, name] : names.toSpliced(after, 0, name);
}

/** Values, then types, each in the order of the alphabet. */
function inImport(one: string, other: string): number {
  const isType = (name: string) => Number(name.startsWith('type '));
  return isType(one) - isType(other) || plain(one).localeCompare(plain(other), 'en', { sensitivity: 'base' });
}

/** The order of imports here: node: and packages, then our own files. */
function comesAfter(module: string, other: string): boolean {
  const rank = (name: string) => (name.startsWith('node:') ? 0 : name.startsWith('.') ? 2 : 1);
  return rank(module) - rank(other) === 0 ? module > other : rank(module) > rank(other);
}
