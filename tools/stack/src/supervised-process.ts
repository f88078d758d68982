import { spawn, type ChildProcess } from 'node:child_process';
import { createInterface } from 'node:readline';

/** A Node program that runs as a process of its own. */
export interface Program {
  readonly name: string;
  /** Arguments of Node, the first that is no option being the program's file. */
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
  /** Whether its end is wanted. */
  #ending = false;
  /** Whether it is over for good. */
  #stopped = false;

  constructor(program: Program, listener: ProcessListener, policy: RestartPolicy = {}) {
    const { backoff = 500, limit = 5, period = 60_000, grace = 12_000 } = policy;
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

  start(): void {
    this.#ending = false;
    this.#givenUp = false;
    // In a group of its own, since it is not for the terminal to stop it at Ctrl-C; the channel is its leash.
    const child = spawn(process.execPath, ['--import', leash, ...this.#program.args], {
      env: this.#program.env,
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
      detached: true,
    });
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

  /** Stops it for good, by force when it does not stop by itself in time. */
  async stop(): Promise<void> {
    this.#stopped = true;
    await this.#end();
  }

  /** Stops it if it runs, and starts it afresh, its crashes forgotten. */
  async restart(): Promise<void> {
    if (this.#ending) return; // A restart under way starts it with all that has changed by then.
    await this.#end();
    this.#crashes = [];
    if (!this.#stopped) this.start();
  }

  /** Ends it at once and for good; a `stop` under way then has nothing to wait for. */
  kill(): void {
    this.#stopped = true;
    this.#ending = true;
    clearTimeout(this.#restart);
    this.#child?.kill('SIGKILL');
  }

  async #end(): Promise<void> {
    this.#ending = true;
    clearTimeout(this.#restart);
    const child = this.#child;
    if (child === undefined) return;
    const late = setTimeout(() => {
      child.kill('SIGKILL');
      this.#listener.killed();
    }, this.#policy.grace);
    child.kill('SIGTERM');
    await new Promise((resolve) => child.once('close', resolve));
    clearTimeout(late);
  }

  #ended(how: string, tail: readonly string[]): void {
    this.#child = undefined;
    if (this.#ending) return;
    const { backoff, limit, period } = this.#policy;
    const now = Date.now();
    this.#crashes = [...this.#crashes.filter((time) => now - time < period), now];
    this.#givenUp = how === badConfiguration || this.#crashes.length >= limit;
    const wait = this.#givenUp ? undefined : backoff * 2 ** (this.#crashes.length - 1);
    if (wait !== undefined) this.#restart = setTimeout(() => this.start(), wait);
    this.#listener.crashed(how, tail, wait);
  }
}
