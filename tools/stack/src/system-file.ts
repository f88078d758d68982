import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** What a running system says of itself in `system.json` of its data folder, for tools and tests. */
export interface SystemState {
  /** Of the process that keeps the others running. */
  readonly pid: number;
  /** Whether all of it has started. */
  readonly ready: boolean;
  /** Base URL of the gateway. */
  readonly gateway?: string;
  /** URL of the Postgres server. */
  readonly postgres?: string;
  /** Process ids of what runs now, by name. */
  readonly processes: Readonly<Record<string, number>>;
}

/** A data folder that another running system uses. */
export class FolderInUse extends Error {
  override readonly name = 'FolderInUse';
}

/** The `system.json` of a data folder: as long as it is there and its process lives, the folder is this system's alone. */
export class SystemFile {
  readonly #path: string;
  #state: SystemState = { pid: process.pid, ready: false, processes: {} };

  /** Throws FolderInUse when another system has the folder. */
  constructor(folder: string) {
    this.#path = join(folder, 'system.json');
    mkdirSync(folder, { recursive: true });
    const other = readPid(this.#path);
    if (other !== undefined && other !== process.pid && isAlive(other)) {
      throw new FolderInUse(
        `ko runs from this folder already, as process ${other}: stop that one first, or give this one a data folder ` +
          `and ports of its own: npm start -- --data .ko/other --port 9000\n` +
          `(Should process ${other} be something else: delete ${this.#path}.)`,
      );
    }
    this.update({});
  }

  get state(): SystemState {
    return this.#state;
  }

  update(change: Partial<SystemState>): void {
    this.#state = { ...this.#state, ...change };
    writeFileSync(`${this.#path}.new`, `${JSON.stringify(this.#state, undefined, 2)}\n`);
    renameSync(`${this.#path}.new`, this.#path);
  }

  remove(): void {
    rmSync(this.#path, { force: true });
  }
}

function readPid(path: string): number | undefined {
  try {
    const state = JSON.parse(readFileSync(path, 'utf8')) as SystemState; // written by us, below
    return state.pid;
  } catch (error) {
    if (error instanceof SyntaxError || (error instanceof Error && 'code' in error && error.code === 'ENOENT')) {
      return undefined;
    }
    throw error;
  }
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}
