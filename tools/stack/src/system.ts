import { setTimeout as delay } from 'node:timers/promises';
import type { PlannedProgram } from './plan.ts';
import { SupervisedProcess, type RestartPolicy } from './supervised-process.ts';

/** What is told of a system. */
export interface SystemReport {
  /** A line that a process printed. */
  line(process: string, text: string): void;
  /** News of the system itself. */
  news(text: string): void;
  /** A process ended unasked. It starts again after `restartIn` milliseconds, or no more when that is undefined. */
  crashed(process: string, how: string, lastLines: readonly string[], restartIn: number | undefined): void;
  /** Other processes run than before: their ids by name. */
  running(pids: Readonly<Record<string, number>>): void;
}

const pollInterval = 50;

/** The processes of a system, each kept running until the system stops. */
export class System {
  readonly #report: SystemReport;
  readonly #processes: readonly SupervisedProcess[];
  /** Whether each serves, once it does or is given up. */
  readonly #settled: Promise<boolean>[] = [];

  constructor(programs: readonly PlannedProgram[], report: SystemReport, policy: RestartPolicy = {}) {
    this.#report = report;
    this.#processes = programs.map((program) => this.#supervise(program, policy));
  }

  /** Starts all at once. Resolves when each serves or is given up, to the names of those given up. */
  async start(): Promise<readonly string[]> {
    for (const process of this.#processes) process.start();
    await Promise.all(this.#settled);
    return this.#processes.filter(({ givenUp }) => givenUp).map(({ name }) => name);
  }

  /** Starts a process afresh. */
  async restart(name: string): Promise<void> {
    await this.#processes.find((process) => process.name === name)?.restart();
  }

  /** Stops one after the other, the last first. */
  async stop(): Promise<void> {
    for (const process of this.#processes.toReversed()) {
      const since = performance.now();
      await process.stop();
      this.#report.news(`${process.name} has stopped (${seconds(performance.now() - since)})`);
    }
  }

  /** Ends all at once. */
  kill(): void {
    for (const process of this.#processes) process.kill();
  }

  #supervise(program: PlannedProgram, policy: RestartPolicy): SupervisedProcess {
    const { name, readyUrl } = program;
    const settled = Promise.withResolvers<boolean>();
    this.#settled.push(settled.promise);
    const listener = {
      line: (text: string) => this.#report.line(name, text),
      started: async (pid: number) => {
        const since = performance.now();
        this.#running();
        while (process.pid === pid && !(await answers(readyUrl))) await delay(pollInterval);
        if (process.pid !== pid) return;
        this.#report.news(`${name} serves (${seconds(performance.now() - since)})`);
        settled.resolve(true);
      },
      crashed: (how: string, lastLines: readonly string[], restartIn: number | undefined) => {
        this.#running();
        this.#report.crashed(name, how, lastLines, restartIn);
        if (restartIn === undefined) settled.resolve(false);
      },
      killed: () => this.#report.news(`${name} did not stop in time: killed`),
    };
    const process = new SupervisedProcess(program, listener, policy);
    return process;
  }

  #running(): void {
    const pids = this.#processes.flatMap(({ name, pid }) => (pid === undefined ? [] : [[name, pid] as const]));
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
