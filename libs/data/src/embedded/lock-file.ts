import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';

/** What a server writes about itself into its directory, and leaves there when it is killed. */
export interface LockFile {
  readonly pid: number;
  readonly port: number;
  /** Whether it takes connections: not yet while it starts, no longer while it stops. */
  readonly ready: boolean;
}

export function lockFilePath(directory: string): string {
  return path.join(directory, 'postmaster.pid');
}

/** Undefined if there is none, or not yet all of it. */
export function readLockFile(directory: string): LockFile | undefined {
  const file = lockFilePath(directory);
  if (!existsSync(file)) return undefined;
  const [pid, , , port, , , , status] = readFileSync(file, 'utf8').split('\n');
  return pid && port ? { pid: Number(pid), port: Number(port), ready: status?.trim() === 'ready' } : undefined;
}

/** Whether the process is a Postgres in the directory, and not another one that got the number of a dead one. */
export function isServer(pid: number, directory: string): boolean {
  if (process.platform === 'win32') return isAlive(pid);
  const command = commandOf(pid);
  return command.includes('postgres') && command.includes(directory);
}

/** The command line of a process, empty if it has ended. */
function commandOf(pid: number): string {
  try {
    if (process.platform === 'linux') return readFileSync(`/proc/${String(pid)}/cmdline`, 'utf8');
    return execFileSync('ps', ['-ww', '-o', 'command=', '-p', String(pid)], { encoding: 'utf8' });
  } catch {
    return '';
  }
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
