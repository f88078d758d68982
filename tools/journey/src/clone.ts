import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const root = join(import.meta.dirname, '../../..');

/** A fresh clone of this repository, as somebody has it who is about to make it theirs. */
export class Clone implements AsyncDisposable {
  readonly folder: string;

  private constructor(folder: string) {
    this.folder = folder;
  }

  /** Clones the last commit. The packages are copied from here where they are installed. */
  static async make(): Promise<Clone> {
    const clone = new Clone(join(await mkdtemp(join(tmpdir(), 'journey-')), 'clone'));
    await clone.#run(root, 'git', 'clone', '--quiet', root, clone.folder);
    const packages = join(root, 'node_modules');
    if (existsSync(packages)) await clone.#run(root, 'cp', '-a', packages, clone.folder);
    return clone;
  }

  /** Runs a program in the clone. Resolves to what it printed; rejects with that when it fails. */
  run(program: string, ...args: readonly string[]): Promise<string> {
    return this.#run(this.folder, program, ...args);
  }

  /** Runs `npx nx generate`. */
  generate(...args: readonly string[]): Promise<string> {
    return this.run('npx', 'nx', 'generate', ...args);
  }

  /** What git sees as changed since the last commit, one line for each file. */
  async changes(): Promise<readonly string[]> {
    const status = await this.run('git', 'status', '--porcelain', '--untracked-files=all');
    return status.split('\n').filter((line) => line !== '');
  }

  /** All that git would commit, in one text that is the same for the same content. */
  async snapshot(): Promise<string> {
    await this.run('git', 'add', '--all');
    return this.run('git', 'write-tree');
  }

  read(path: string): Promise<string> {
    return readFile(join(this.folder, path), 'utf8');
  }

  write(path: string, text: string): Promise<void> {
    return writeFile(join(this.folder, path), text);
  }

  /** Changes a file as somebody would by hand. Rejects when the text to replace is not there. */
  async edit(path: string, from: string, to: string): Promise<void> {
    const text = await this.read(path);
    if (!text.includes(from)) throw new Error(`${path} has no '${from}':\n${text}`);
    await this.write(
      path,
      text.replace(from, () => to),
    );
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await rm(join(this.folder, '..'), { recursive: true, force: true });
  }

  async #run(cwd: string, program: string, ...args: readonly string[]): Promise<string> {
    const child = spawn(program, args, { cwd, env: environment(), stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (output += String(chunk)));
    const [code] = (await once(child, 'close')) as [number | null];
    if (code === 0) return output;
    throw new Error(`${program} ${args.join(' ')} ended with ${String(code)}:\n${output}`);
  }
}

/** As in a new terminal: nothing of the npm, the CI and the Nx that this runs below. */
export function environment(): NodeJS.ProcessEnv {
  const kept = Object.entries(process.env).filter(
    ([name]) => !/^(npm_|NX_|CI$|DATABASE_|TEST_DATABASE_|VITEST)/.test(name),
  );
  return { ...Object.fromEntries(kept), NX_DAEMON: 'false', NO_COLOR: '1' };
}
