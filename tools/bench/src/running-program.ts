import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, readFileSync, statSync, truncateSync } from 'node:fs';
import { join } from 'node:path';
import type { Program } from './peers/peer.ts';

/** Milliseconds that a process has to stop in before it is killed. */
const grace = 5_000;

/** Bytes of a log from which on it is emptied between two measurements. */
const logLimit = 50_000_000;

const pins = isThere('taskset');

/** Ends a program when this process has died without stopping it. */
const leash = isThere('setpriv') ? ['setpriv', '--pdeathsig', 'TERM', '--'] : [];

/** What all programs of Node get: MB for what is new in the heap, of which the peers profit. */
const NODE_OPTIONS = '--max-semi-space-size=32';

/** Where a program may run, and what it leaves. */
export interface Place {
  /** Folder of its log. */
  readonly folder: string;
  /** The core it has, where there is taskset; any, unless said. */
  readonly core?: number | undefined;
  /** Whether it has a channel to this process. */
  readonly ipc?: boolean;
}

/** A program under measurement. What it prints goes to a file, as printing costs. */
export class RunningProgram {
  readonly name: string;
  readonly log: string;
  readonly child: ChildProcess;

  constructor({ name, command, args, env, cwd }: Program, { folder, core, ipc = false }: Place) {
    this.name = name;
    this.log = join(folder, `${name}.log`);
    const output = openSync(this.log, 'a');
    const pinned = core !== undefined && pins ? ['taskset', '-c', String(core)] : [];
    const [file = command, ...rest] = [...leash, ...pinned, command, ...args];
    this.child = spawn(file, rest, {
      cwd,
      env: { ...process.env, NODE_OPTIONS, ...env },
      stdio: ['ignore', output, output, ...(ipc ? ['ipc' as const] : [])],
      // In a group of its own: it is for this process to stop it at Ctrl-C.
      detached: true,
    });
    closeSync(output);
    this.child.on('error', () => {}); // It then has no pid, and has ended.
  }

  get pid(): number {
    return this.child.pid ?? 0;
  }

  get hasEnded(): boolean {
    return this.child.pid === undefined || this.child.exitCode !== null || this.child.signalCode !== null;
  }

  /** The last of what it printed. */
  get lastWords(): string {
    return readFileSync(this.log, 'utf8').trimEnd().split('\n').slice(-10).join('\n');
  }

  /** Empties a log that has become long: it is written from where its end is. */
  trimLog(): void {
    if (statSync(this.log).size > logLimit) truncateSync(this.log);
  }

  async stop(): Promise<void> {
    if (this.hasEnded) return;
    const ended = once(this.child, 'exit');
    this.child.kill('SIGTERM');
    const late = setTimeout(() => this.child.kill('SIGKILL'), grace);
    await ended;
    clearTimeout(late);
  }
}

function isThere(program: string): boolean {
  return spawnSync(program, ['--version']).status === 0;
}
