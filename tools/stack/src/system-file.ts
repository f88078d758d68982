import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { product } from '@ko/service/product';
import type { Addresses } from './layout.ts';

/** What a running system says of itself in `system.json` of its data folder, for tools and tests. */
export interface SystemState {
  /** Of the process that keeps the others running. */
  readonly pid: number;
  /** Whether all of it has started. */
  readonly ready: boolean;
  /** Base URL of the gateway, of the first one where there are several. */
  readonly gateway?: string;
  /** URL of the Postgres server. */
  readonly postgres?: string;
  /** URL of the Consul that processes find each other through. */
  readonly consul?: string;
  /** Where each instance listens, by its name. */
  readonly instances?: Readonly<Record<string, Addresses & { readonly service: string }>>;
  /** Where the system can be asked to do something, and what the asker has to show. */
  readonly control?: Control;
  /** Process ids of what runs now, by name. */
  readonly processes: Readonly<Record<string, number>>;
}

export interface Control {
  readonly url: string;
  /** A secret, for whoever may read the file. */
  readonly token: string;
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
    this.#path = pathIn(folder);
    mkdirSync(folder, { recursive: true });
    const other = readSystem(folder)?.pid;
    if (other !== undefined && other !== process.pid) {
      throw new FolderInUse(
        `${product.title} runs from this folder already, as process ${other}: stop that one first, or give this one a data folder ` +
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
    writeFileSync(`${this.#path}.new`, `${JSON.stringify(this.#state, undefined, 2)}\n`, { mode: 0o600 });
    renameSync(`${this.#path}.new`, this.#path);
  }

  remove(): void {
    rmSync(this.#path, { force: true });
  }
}

/** What the system says of itself that runs from the folder; undefined when none does. */
export function readSystem(folder: string): SystemState | undefined {
  const state = read(pathIn(folder));
  return state !== undefined && isAlive(state.pid) ? state : undefined;
}

function pathIn(folder: string): string {
  return join(folder, 'system.json');
}

function read(path: string): SystemState | undefined {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as SystemState; // written by us, above
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
