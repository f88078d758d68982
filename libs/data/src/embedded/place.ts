import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cpSync, existsSync, mkdirSync, realpathSync, renameSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { unprivilegedAccount, type Account } from './account.ts';
import { findBinaries, type Binaries } from './binaries.ts';

/** Where a server runs: its programs, its data and the account for both. */
export interface Place {
  readonly binaries: Binaries;
  readonly directory: string;
  readonly account: Account;
}

const execute = promisify(execFile);

/** Finds a place for the data in the directory, which need not exist. */
export async function findPlace(directory: string): Promise<Place> {
  const binaries = await findBinaries();
  const real = realPath(path.resolve(directory));
  return place(binaries, real) ?? copiedPlace(binaries, real);
}

/** Makes an empty cluster of databases in the place, unless it has one. */
export async function initialise(place: Place): Promise<void> {
  const { directory, account, binaries } = place;
  if (!isCluster(directory)) {
    const fresh = `${directory}.${String(process.pid)}`;
    rmSync(fresh, { recursive: true, force: true });
    mkdirSync(fresh, { recursive: true, mode: 0o700 });
    account.own(fresh);
    try {
      const locale = ['--encoding=UTF8', '--locale=C'];
      const quick = ['--no-sync', '--no-instructions'];
      await runProgram(place, binaries.initdb, ['-D', fresh, '-U', 'postgres', '-A', 'trust', ...locale, ...quick]);
      moveInto(fresh, directory);
    } finally {
      rmSync(fresh, { recursive: true, force: true });
    }
  }
  account.own(directory);
}

/** Runs one of Postgres' programs to its end. Rejects with what it said when it fails. */
export async function runProgram({ account }: Place, program: string, args: readonly string[]): Promise<void> {
  const { file, args: all, options } = account.command(program, args);
  await execute(file, all, { ...options, env: { ...process.env, LC_ALL: 'C' } });
}

function place(binaries: Binaries, directory: string): Place | undefined {
  const account = unprivilegedAccount(binaries.postgres, directory);
  return account && { binaries, directory, account };
}

/** For root in a container without user namespaces and a workspace that only root can read: all of it moves to a copy. */
function copiedPlace(binaries: Binaries, directory: string): Place {
  const id = createHash('sha256').update(directory).digest('hex').slice(0, 12);
  const home = path.join(os.tmpdir(), `ko-postgres-${id}`);
  const copy = path.join(home, 'postgres');
  mkdirSync(home, { recursive: true, mode: 0o755 });
  if (!existsSync(copy)) cpSync(binaries.directory, copy, { recursive: true, verbatimSymlinks: true });
  const moved = (program: string) => path.join(copy, path.relative(binaries.directory, program));
  const { initdb, postgres, pgCtl } = binaries;
  const copies = { directory: copy, initdb: moved(initdb), postgres: moved(postgres), pgCtl: moved(pgCtl) };
  const found = place(copies, path.join(home, 'data'));
  if (found === undefined) throw new Error('Postgres refuses to run as root, and no other account was found for it');
  return found;
}

function moveInto(fresh: string, directory: string): void {
  try {
    renameSync(fresh, directory);
  } catch (cause) {
    // Another process may have been quicker.
    if (!isCluster(directory)) throw new Error(`${directory} is not empty, and not of Postgres`, { cause });
  }
}

function isCluster(directory: string): boolean {
  return existsSync(path.join(directory, 'PG_VERSION'));
}

function realPath(directory: string): string {
  mkdirSync(path.dirname(directory), { recursive: true });
  return existsSync(directory)
    ? realpathSync(directory)
    : path.join(realpathSync(path.dirname(directory)), path.basename(directory));
}
