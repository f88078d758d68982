import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, statSync } from 'node:fs';
import path from 'node:path';

/** Runs programs with just the rights that Postgres wants. */
export interface Account {
  /** What to hand to node:child_process for the program to run. */
  command(program: string, args: readonly string[]): Command;
  /** Makes an existing directory, with all in it, the account's own. */
  own(directory: string): void;
}

export interface Command {
  readonly file: string;
  readonly args: string[];
  readonly options: { readonly uid?: number; readonly gid?: number };
}

interface Ids {
  readonly uid: number;
  readonly gid: number;
}

/**
 * Postgres refuses to run as root. Then root gives up its rights to be `nobody`, where `nobody` can reach the program and
 * the parent of the directory; otherwise it enters a user namespace, in which it is not root, yet reads what is root's.
 * Undefined if neither works.
 */
export function unprivilegedAccount(program: string, directory: string): Account | undefined {
  if (process.getuid?.() !== 0) return self;
  mkdirSync(path.dirname(directory), { recursive: true });
  const nobody = { uid: idOf('-u'), gid: idOf('-g') };
  if (reaches(nobody, program, directory)) return userAccount(nobody);
  return canEnterNamespace(nobody) ? namespaceAccount(nobody) : undefined;
}

const self: Account = {
  command: (file, args) => ({ file, args: [...args], options: {} }),
  own() {},
};

function userAccount(ids: Ids): Account {
  return {
    command: (file, args) => ({ file, args: [...args], options: ids }),
    own: (directory) => chown(directory, ids),
  };
}

function namespaceAccount(ids: Ids): Account {
  return {
    command: (file, args) => ({ file: 'unshare', args: [...namespace(ids), '--', file, ...args], options: {} }),
    own: (directory) => chown(directory, { uid: 0, gid: 0 }),
  };
}

function idOf(flag: '-u' | '-g'): number {
  return Number(execFileSync('id', [flag, 'nobody'], { encoding: 'utf8' }));
}

function reaches(ids: Ids, program: string, directory: string): boolean {
  const runs = spawnSync(program, ['--version'], ids).status === 0;
  return runs && spawnSync('test', ['-x', path.dirname(directory)], ids).status === 0;
}

function canEnterNamespace(ids: Ids): boolean {
  return spawnSync('unshare', [...namespace(ids), 'true']).status === 0;
}

function namespace({ uid, gid }: Ids): string[] {
  return ['--user', `--map-user=${String(uid)}`, `--map-group=${String(gid)}`];
}

function chown(directory: string, { uid, gid }: Ids): void {
  if (statSync(directory).uid !== uid) execFileSync('chown', ['-R', `${String(uid)}:${String(gid)}`, directory]);
}
