import { readJson, type Tree } from '@nx/devkit';

/** What a generator knows of a client's package.json, which is its users' otherwise. */
export interface Manifest {
  readonly name: string;
  readonly dependencies?: Readonly<Record<string, string>>;
  /** How it was generated. */
  readonly generated?: { readonly contract?: string };
}

interface ManifestOptions {
  readonly name: string;
  readonly description: string;
  /** The only contract that it is for; undefined when it is for all. */
  readonly contract: string | undefined;
}

const runtime = '@bufbuild/protobuf';

/** The package.json in a folder; undefined when it has none. */
export function manifestIn(tree: Tree, folder: string): Manifest | undefined {
  const file = `${folder}/package.json`;
  return tree.exists(file) ? readJson<Manifest>(tree, file) : undefined;
}

/** The package.json that a client has from now on: a new one, or the one before with what has to fit the generated code. */
export function manifestFor(tree: Tree, before: Manifest | undefined, options: ManifestOptions): Manifest {
  const { name, description, contract } = options;
  const start = before ?? { name, version: '0.1.0', description, ...fresh(tree) };
  return {
    ...start,
    // The code of the messages needs the runtime that their generator came with.
    dependencies: { ...start.dependencies, [runtime]: rangeIn(tree, 'libs/contracts/package.json', runtime) },
    ...(contract !== undefined && { generated: { contract } }),
  };
}

function fresh(tree: Tree) {
  const { license } = readJson<{ license?: string }>(tree, 'package.json');
  return {
    ...(license !== undefined && { license }),
    type: 'module',
    sideEffects: false,
    engines: { node: '>=20.3' },
    exports: { '.': { types: './dist/index.d.ts', default: './dist/index.js' } },
    files: ['dist'],
    scripts: { build: 'tsc', prepack: 'npm run build' },
    dependencies: {},
    devDependencies: { typescript: rangeIn(tree, 'package.json', 'typescript') },
  };
}

/** The versions of a package that a package.json asks for, any if it does not. */
function rangeIn(tree: Tree, file: string, name: string): string {
  const { dependencies, devDependencies } = readJson<Partial<Record<string, Record<string, string>>>>(tree, file);
  return dependencies?.[name] ?? devDependencies?.[name] ?? '*';
}
