import type { Tree } from '@nx/devkit';
import ts from 'typescript';

/** The syntax of a file of TypeScript; undefined when it is not there. */
export function parseSource(tree: Tree, path: string): ts.SourceFile | undefined {
  const text = tree.isFile(path) ? tree.read(path, 'utf8') : null;
  return text === null ? undefined : ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true);
}

/** The sources of a folder, without the tests among them and the folders below. */
export function parsedSources(tree: Tree, folder: string): readonly ts.SourceFile[] {
  return parsed(tree, folder, (name) => name.endsWith('.ts') && !name.endsWith('.spec.ts'));
}

/** The tests of a folder. */
export function parsedTests(tree: Tree, folder: string): readonly ts.SourceFile[] {
  return parsed(tree, folder, (name) => name.endsWith('.spec.ts'));
}

function parsed(tree: Tree, folder: string, isWanted: (name: string) => boolean): readonly ts.SourceFile[] {
  return tree
    .children(folder)
    .filter(isWanted)
    .toSorted()
    .flatMap((name) => parseSource(tree, `${folder}/${name}`) ?? []);
}
