import { spawn, type ChildProcess } from 'node:child_process';
import { createInterface } from 'node:readline';
import { tether } from './tether.ts';

/** A program that runs as a process of its own. */
export interface Program {
  readonly name: string;
  /** The program's file. Absent: Node, and the first of the arguments that is no option names a file of ours. */
  readonly command?: string;
  readonly args: readonly string[];
  /** All of its environment. */
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** What a supervised process does. */
export interface ProcessListener {
  line(text: string): void;
  started(pid: number): void;
  /** It ended unasked. It starts again after `restartIn` milliseconds, or no more when that is undefined. */
  crashed(how: string, lastLines: readonly string[], restartIn: number | undefined): void;
  /** It ignored the request to stop, and was killed. */
  killed(): void;
}

export interface RestartPolicy {
  /** Milliseconds before the first restart; each one after a further crash takes twice as long as the one before. */
  readonly backoff?: number;
  /** Crashes within `period` after which there are no more restarts. */
  readonly limit?: number;
  /** Milliseconds. */
  readonly period?: number;
  /** Milliseconds that a process has to stop in before it is killed. */
  readonly grace?: number;
}

/** Milliseconds; more than a process of ours takes at most, unless told otherwise. */
export const defaultGrace = 15_000;

/** EX_CONFIG of sysexits(3): what is wrong with the configuration will be wrong again. */
const badConfiguration = 'exit code 78';
const lastLines = 10;
const leash = import.meta.resolve('./leash.ts');

/** Keeps a program running: starts it again, ever more slowly, when it crashes, and gives up on one that keeps crashing. */
export class SupervisedProcess {
  readonly name: string;
  readonly #program: Program;
  readonly #listener: ProcessListener;
  readonly #policy: Required<RestartPolicy>;
  #child: ChildProcess | undefined;
  #restart: NodeJS.Timeout | undefined;
  #crashes: readonly number[] = [];
  #givenUp = false;
  /** Whether it should run. */
  #wanted = false;
  /** Its end, when that was asked for. */
  #ending: Promise<void> | undefined;
  /** Whether it is over for good. */
  #stopped = false;

  constructor(program: Program, listener: ProcessListener, policy: RestartPolicy = {}) {
    const { backoff = 500, limit = 5, period = 60_000, grace = defaultGrace } = policy;
    this.name = program.name;
    this.#program = program;
    this.#listener = listener;
    this.#policy = { backoff, limit, period, grace };
  }

  /** Absent while it does not run. */
  get pid(): number | undefined {
    return this.#child?.pid;
  }

  /** Whether it crashed too often to be started again. */
  get givenUp(): boolean {
    return this.#givenUp;
  }

  /** Starts it unless it runs. One that is about to end starts again at once. */
  start(): void {
    if (this.#stopped) return;
    this.#wanted = true;
    if (this.#child === undefined) this.#spawn();
  }

  /** Stops it, by force when it does not stop by itself in time, until it is started again. */
  async halt(): Promise<void> {
    this.#wanted = false;
    await this.#end();
  }

  /** Stops it for good. */
  async stop(): Promise<void> {
    this.#stopped = true;
    await this.halt();
  }

  /** Stops it if it runs, and starts it afresh, its crashes forgotten. Resolves when it has stopped. */
  async restart(): Promise<void> {
    if (this.#stopped) return;
    this.#crashes = [];
    this.#wanted = true;
    if (this.#child === undefined) this.#spawn();
    else await this.#end();
  }

  /** Ends it at once and for good; a `stop` under way then has nothing to wait for. */
  kill(): void {
    this.#stopped = true;
    this.#wanted = false;
    clearTimeout(this.#restart);
    this.#child?.kill('SIGKILL');
  }

  #spawn(): void {
    clearTimeout(this.#restart);
    this.#givenUp = false;
    const { command, args, env } = this.#program;
    const isOurs = command === undefined;
    // In a group of its own, since it is not for the terminal to stop it at Ctrl-C; the channel is its leash.
    const child = spawn(command ?? process.execPath, isOurs ? ['--import', leash, ...args] : [...args], {
      env,
      stdio: ['ignore', 'pipe', 'pipe', ...(isOurs ? ['ipc' as const] : [])],
      detached: true,
    });
    if (!isOurs) tether(child);
    const tail: string[] = [];
    const hear = (text: string) => {
      tail.splice(0, tail.length - lastLines + 1);
      tail.push(text);
      this.#listener.line(text);
    };
    for (const input of [child.stdout, child.stderr]) if (input) createInterface({ input }).on('line', hear);
    child.on('error', (error) => hear(error.message));
    child.once('spawn', () => this.#listener.started(child.pid ?? 0));
    child.once('close', (code, signal) => this.#ended(signal ?? `exit code ${code ?? 'unknown'}`, tail));
    this.#child = child;
  }

  /** Asks once, however often it is called: a second signal would end the process before its work is done. */
  async #end(): Promise<void> {
    clearTimeout(this.#restart);
    if (this.#child !== undefined) await (this.#ending ??= this.#terminate(this.#child));
  }

  async #terminate(child: ChildProcess): Promise<void> {
    const late = setTimeout(() => {
      child.kill('SIGKILL');
      this.#listener.killed();
    }, this.#policy.grace);
    child.kill('SIGTERM');
    await new Promise((resolve) => child.once('close', resolve));
    clearTimeout(late);
  }

  #ended(how: string, tail: readonly string[]): void {
    const isAsked = this.#ending !== undefined || !this.#wanted;
    this.#child = undefined;
    this.#ending = undefined;
    if (!isAsked) this.#crashed(how, tail);
    else if (this.#wanted) this.#spawn();
  }

  #crashed(how: string, tail: readonly string[]): void {
    const { backoff, limit, period } = this.#policy;
    const now = Date.now();
    this.#crashes = [...this.#crashes.filter((time) => now - time < period), now];
    this.#givenUp = how === badConfiguration || this.#crashes.length >= limit;
    const wait = this.#givenUp ? undefined : backoff * 2 ** (this.#crashes.length - 1);
    if (wait !== undefined) this.#restart = setTimeout(() => this.#spawn(), wait);
    this.#listener.crashed(how, tail, wait);
  }
}
