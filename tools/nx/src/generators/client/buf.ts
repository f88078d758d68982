import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Tree } from '@nx/devkit';
import { failureOf } from '../../programs.ts';
import { Refusal } from '../../refusal.ts';
import { protoFolder } from '../../workspace.ts';

/** Which types are wanted, by their full names. */
interface Selection {
  readonly types: readonly string[];
  readonly except: readonly string[];
}

/** The contracts of a tree for buf to read, which knows only files: a copy that lasts as long as `use` takes. */
export function withContracts<T>(tree: Tree, use: (buf: Buf) => T): T {
  const folder = mkdtempSync(path.join(tmpdir(), 'client-'));
  try {
    for (const file of ['buf.yaml', 'buf.lock', ...filesBelow(tree, protoFolder)]) {
      const content = tree.read(file);
      if (content !== null) write(path.join(folder, file), content);
    }
    return use(new Buf(folder));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

export class Buf {
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
  }

  /** All contracts, as a `google.protobuf.FileDescriptorSet`. */
  descriptors(): Uint8Array {
    this.#run('build', '--as-file-descriptor-set', '--output', 'descriptors.binpb');
    return readFileSync(path.join(this.#folder, 'descriptors.binpb'));
  }

  /** The TypeScript of some types and of what they need, by paths such as `google/type/money_pb.ts`. */
  typescript({ types, except }: Selection): ReadonlyMap<string, string> {
    const template = {
      version: 'v2',
      plugins: [
        {
          local: 'protoc-gen-es',
          strategy: 'all',
          out: 'gen',
          include_imports: true,
          opt: ['target=ts', 'import_extension=js', 'erasable_syntax=true'],
        },
      ],
      inputs: [{ directory: '.', types, exclude_types: except }],
    };
    // YAML has JSON in it.
    write(path.join(this.#folder, 'client.gen.yaml'), JSON.stringify(template));
    this.#run('generate', '--template', 'client.gen.yaml');

    const out = path.join(this.#folder, 'gen');
    const files = readdirSync(out, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.ts'));
    return new Map(
      files
        .map((file) => [file.replaceAll(path.sep, '/'), readFileSync(path.join(out, file), 'utf8')] as const)
        .toSorted(([one], [other]) => (one < other ? -1 : 1)),
    );
  }

  #run(...args: readonly string[]): void {
    const said = failureOf('buf', args, this.#folder);
    if (said === undefined) return;
    throw new Refusal(`buf cannot read the contracts; mend them until 'npx buf build' is content:\n${said}`);
  }
}

function filesBelow(tree: Tree, folder: string): readonly string[] {
  return tree.children(folder).flatMap((name) => {
    const file = `${folder}/${name}`;
    return tree.isFile(file) ? [file] : filesBelow(tree, file);
  });
}

function write(file: string, content: Buffer | string): void {
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, content);
}
