import { setTimeout as delay } from 'node:timers/promises';
import { acquainted } from './acquaintance.ts';
import type { PlannedProgram } from './plan.ts';
import { Refusal } from './refusal.ts';
import { SupervisedProcess, type RestartPolicy } from './supervised-process.ts';

/** What people are told of a system. */
export interface Report {
  /** A line that a process printed. */
  line(process: string, text: string): void;
  /** News of the system itself. */
  news(text: string): void;
  /** A process ended unasked. It starts again after `restartIn` milliseconds, or no more when that is undefined. */
  crashed(process: string, how: string, lastLines: readonly string[], restartIn: number | undefined): void;
}

/** What is told of a system. */
export interface SystemReport extends Report {
  /** Other processes run than before: their ids by name. */
  running(pids: Readonly<Record<string, number>>): void;
}

interface Member {
  readonly program: PlannedProgram;
  readonly process: SupervisedProcess;
  /** Resolves when it serves or is given up. */
  readonly settled: Promise<unknown>;
}

const pollInterval = 50;

/** The processes of a system, each kept running until the system stops. */
export class System {
  readonly #report: SystemReport;
  readonly #members: readonly Member[];
  readonly #stopping = new AbortController();

  constructor(programs: readonly PlannedProgram[], report: SystemReport, policy: RestartPolicy = {}) {
    this.#report = report;
    this.#members = programs.map((program) => this.#supervise(program, policy));
  }

  /**
   * Starts all at once. Resolves when each serves and has found those that it calls, or is given up, to the names of those
   * given up.
   */
  async start(): Promise<readonly string[]> {
    for (const { process } of this.#members) process.start();
    await Promise.all(this.#members.map(({ settled }) => settled));
    await this.acquainted();
    return this.#members.filter(({ process }) => process.givenUp).map(({ process }) => process.name);
  }

  /** Absent while it does not run. */
  pid(name: string): number | undefined {
    return this.#member(name).process.pid;
  }

  /** Starts a process unless it runs. */
  launch(name: string): void {
    this.#member(name).process.start();
  }

  /** Stops a process until it is launched again. */
  async halt(name: string): Promise<void> {
    const since = performance.now();
    await this.#member(name).process.halt();
    this.#running();
    this.#report.news(`${name} has stopped (${seconds(performance.now() - since)})`);
  }

  /** Stops a process and starts it afresh. Resolves when it has stopped. */
  async restart(name: string): Promise<void> {
    await this.#member(name).process.restart();
  }

  /** Resolves when a process serves. Rejects with a Refusal when it is given up, or when that takes too long. */
  async serving(name: string, within: number): Promise<void> {
    const { process, program } = this.#member(name);
    const late = performance.now() + within;
    while (!(process.pid !== undefined && (await answers(program.readyUrl)))) {
      if (process.givenUp) throw new Refusal(`${name} does not start any more: it has crashed too often`);
      if (this.#stopping.signal.aborted) throw new Refusal('the system stops');
      if (performance.now() > late) throw new Refusal(`${name} does not serve after ${seconds(within)}`);
      await delay(pollInterval);
    }
  }

  /** Resolves when the processes have found each other, or have not for that long. */
  async acquainted(within = 5_000): Promise<void> {
    const running = () => this.#members.filter(({ process }) => process.pid !== undefined);
    await acquainted(() => running().map(({ program }) => program), within, this.#stopping.signal);
  }

  /** Stops one service after the other, the last first, the instances of each at once. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    for (const service of new Set(this.#members.toReversed().map(({ program }) => program.service))) {
      await Promise.all(this.#members.filter(({ program }) => program.service === service).map(this.#end));
    }
  }

  /** Ends all at once. */
  kill(): void {
    for (const { process } of this.#members) process.kill();
  }

  readonly #end = async ({ process }: Member): Promise<void> => {
    const since = performance.now();
    await process.stop();
    this.#report.news(`${process.name} has stopped (${seconds(performance.now() - since)})`);
  };

  #member(name: string): Member {
    const member = this.#members.find(({ program }) => program.name === name);
    if (member !== undefined) return member;
    const known = this.#members.map(({ program }) => program.name).join(', ');
    throw new Refusal(`nothing here is called '${name}': there are ${known}`);
  }

  #supervise(program: PlannedProgram, policy: RestartPolicy): Member {
    const { name, readyUrl } = program;
    const settled = Promise.withResolvers<'serves' | 'given up'>();
    const listener = {
      line: (text: string) => this.#report.line(name, text),
      started: async (pid: number) => {
        const since = performance.now();
        this.#running();
        while (process.pid === pid && !(await answers(readyUrl))) await delay(pollInterval);
        if (process.pid !== pid) return;
        this.#report.news(`${name} serves (${seconds(performance.now() - since)})`);
        settled.resolve('serves');
      },
      crashed: (how: string, lastLines: readonly string[], restartIn: number | undefined) => {
        this.#running();
        this.#report.crashed(name, how, lastLines, restartIn);
        if (restartIn === undefined) settled.resolve('given up');
      },
      killed: () => this.#report.news(`${name} did not stop in time: killed`),
    };
    const process = new SupervisedProcess(program, listener, policy);
    return { program, process, settled: settled.promise };
  }

  #running(): void {
    const pids = this.#members.flatMap(({ process: { name, pid } }) =>
      pid === undefined ? [] : [[name, pid] as const],
    );
    this.#report.running(Object.fromEntries(pids));
  }
}

async function answers(url: string): Promise<boolean> {
  try {
    const { ok } = await fetch(url, { signal: AbortSignal.timeout(2_000) });
    return ok;
  } catch {
    return false; // Whatever the reason: it does not answer.
  }
}

/** A duration for people. */
export function seconds(milliseconds: number): string {
  return `${(milliseconds / 1000).toFixed(1)} s`;
}
