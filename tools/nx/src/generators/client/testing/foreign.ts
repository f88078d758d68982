import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { workspaceRoot, type Tree } from '@nx/devkit';
import { changesOf } from '../../../testing/repository.ts';

const exec = promisify(execFile);
const modules = path.join(workspaceRoot, 'node_modules');

/** A folder of somebody else, who has nothing of ours but the clients in it, and the one package that they need. */
export class ForeignFolder {
  readonly #root = mkdtempSync(path.join(tmpdir(), 'foreign-'));

  constructor() {
    this.#link('@bufbuild/protobuf', path.join(modules, '@bufbuild/protobuf'));
  }

  /** Builds the client of a service, as generators wrote it, and makes it a dependency under a name such as `order-client`. */
  async addClient(tree: Tree, service: string): Promise<void> {
    const folder = `clients/${service}`;
    for (const [file, text] of changesOf(tree)) {
      if (file.startsWith(`${folder}/`) && text !== undefined) this.write(file, text);
    }
    const faults = await this.compile(folder);
    if (faults !== '') throw new Error(faults);
    this.#link(`${service}-client`, path.join(this.#root, folder));
  }

  write(file: string, text: string): void {
    const target = path.join(this.#root, file);
    mkdirSync(path.dirname(target), { recursive: true });
    writeFileSync(target, text);
  }

  /** What the compiler says of the project in a folder; empty when it is content. */
  async compile(folder: string): Promise<string> {
    const compiler = path.join(modules, 'typescript7/bin/tsc');
    try {
      const { stdout } = await exec(process.execPath, [compiler, '-p', path.join(this.#root, folder)]);
      return stdout;
    } catch (error) {
      // What execFile rejects with has what the program said.
      return (error as { readonly stdout: string }).stdout;
    }
  }

  /** What a program of the folder prints, as JSON. */
  async run(file: string, ...args: readonly string[]): Promise<unknown> {
    const { stdout } = await exec(process.execPath, [path.join(this.#root, file), ...args], { timeout: 15_000 });
    return JSON.parse(stdout);
  }

  remove(): void {
    rmSync(this.#root, { recursive: true, force: true });
  }

  #link(name: string, target: string): void {
    const link = path.join(this.#root, 'node_modules', name);
    mkdirSync(path.dirname(link), { recursive: true });
    symlinkSync(target, link, 'junction');
  }
}

/** A program that uses both sample clients. */
export function consumer(): string {
  return readFileSync(path.join(import.meta.dirname, 'files/consumer.ts.template'), 'utf8');
}
