import ts from 'typescript';

/** What a file exports from a module by name: `export { retry, type RetryOptions } from './retry.ts'`. */
interface Export {
  readonly module: string;
  readonly names: readonly string[];
  readonly start: number;
  readonly end: number;
}

/** The modules that a file exports names from, in its order. */
export function exportsOf(text: string): readonly Export[] {
  const file = ts.createSourceFile('index.ts', text, ts.ScriptTarget.Latest, true);
  return file.statements.filter(ts.isExportDeclaration).flatMap((statement) => {
    const { exportClause, moduleSpecifier } = statement;
    if (moduleSpecifier === undefined || !ts.isStringLiteral(moduleSpecifier)) return [];
    const elements = exportClause !== undefined && ts.isNamedExports(exportClause) ? [...exportClause.elements] : [];
    const names = elements.map(({ name }) => name.text);
    return [{ module: moduleSpecifier.text, names, start: statement.getStart(file), end: statement.getEnd() }];
  });
}

/** The text with names exported from a module, in the order of modules. As it is, when it has that module. */
export function withExport(text: string, names: readonly string[], module: string): string {
  const present = exportsOf(text);
  if (present.some((one) => one.module === module)) return text;
  const line = `export { ${names.join(', ')} } from '${module}';`;
  const next = present.find((one) => one.module > module);
  const last = present.at(-1);
  if (next !== undefined) return `${text.slice(0, next.start)}${line}\n${text.slice(next.start)}`;
  if (last !== undefined) return `${text.slice(0, last.end)}\n${line}${text.slice(last.end)}`;
  return `${line}\n${text}`;
}
