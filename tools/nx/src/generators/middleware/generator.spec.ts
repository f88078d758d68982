import type { Tree } from '@nx/devkit';
import ts from 'typescript';
import { beforeEach, describe, expect, test } from 'vitest';
import { changesOf, repositoryTree, textOf } from '../../testing/repository.ts';
import { readWorkspace } from '../../workspace.ts';
import middleware from './generator.ts';
import { exportsOf } from './exports.ts';

const folder = 'libs/middleware/src';
const index = `${folder}/index.ts`;

let tree: Tree;

beforeEach(() => {
  tree = repositoryTree();
});

describe('a new middleware', () => {
  test('is a function with options, a test of it, and one line among the exports', async () => {
    const before = textOf(tree, index);

    await middleware(tree, { name: 'mill-race' });

    const source = textOf(tree, `${folder}/mill-race.ts`);
    expect(source).toContain(`from '@${readWorkspace(tree).name}/endpoint';`);
    expect(source).toContain('export interface MillRaceOptions {');
    expect(source).toContain('export function millRace({ onEnd = () => {} }: MillRaceOptions = {}): Middleware {');
    expect(textOf(tree, `${folder}/mill-race.spec.ts`)).toContain("from './mill-race.ts';");
    expect(textOf(tree, index)).toBe(
      before.replace(
        /(?=export \{ hashPassword)/,
        `export { millRace, type MillRaceOptions } from './mill-race.ts';\n`,
      ),
    );
  });

  test.each(['audit', 'tenant', 'zone'])('stands in its place among the others: %s', async (name) => {
    await middleware(tree, { name });

    const modules = exportsOf(textOf(tree, index)).map(({ module }) => module);
    expect(modules).toContain(`./${name}.ts`);
    expect(modules).toEqual(modules.toSorted());
  });

  test.each(['tenant.ts', 'tenant.spec.ts'])('is valid TypeScript: %s', async (file) => {
    await middleware(tree, { name: 'tenant' });

    const { diagnostics } = ts.transpileModule(textOf(tree, `${folder}/${file}`), {
      reportDiagnostics: true,
      compilerOptions: { target: ts.ScriptTarget.ESNext, erasableSyntaxOnly: true },
    });
    expect(diagnostics).toEqual([]);
  });
});

test('a second run changes nothing, whatever was edited meanwhile', async () => {
  await middleware(tree, { name: 'tenant' });
  const edited = `${textOf(tree, `${folder}/tenant.ts`)}\n// Mine.\n`;
  tree.write(`${folder}/tenant.ts`, edited);
  const before = changesOf(tree);

  await middleware(tree, { name: 'tenant' });

  expect(changesOf(tree)).toEqual(before);
});

describe('a name is refused, and nothing written,', () => {
  test.each([
    ['Tenant', 'capitals'],
    ['../tenant', 'path'],
    ['2nd', 'digit'],
    ['tenänt', 'ASCII'],
    ['', 'empty'],
    ['default', 'word of the language'],
    ['latency', 'libs/middleware/src/latency.ts has it'],
    ['validation', 'libs/middleware/src/validation.ts has it'],
    ['index', 'libs/middleware/src/index.ts has it'],
    ['hash-password', './password.ts has it'],
    ['settle', 'libs/endpoint has it'],
  ])('such as %s', async (name, reason) => {
    const before = changesOf(tree);

    await expect(middleware(tree, { name })).rejects.toThrow(reason);

    expect(changesOf(tree)).toEqual(before);
  });
});
