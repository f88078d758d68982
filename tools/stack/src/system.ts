import { setTimeout as delay } from 'node:timers/promises';
import type { PlannedProgram } from './plan.ts';
import { SupervisedProcess, type RestartPolicy } from './supervised-process.ts';

/** What is told of a system. */
export interface SystemReport {
  /** A line that a process printed. */
  line(process: string, text: string): void;
  /** News of the system itself. */
  news(text: string): void;
  /** Other processes run than before: their ids by name. */
  running(pids: Readonly<Record<string, number>>): void;
}

const pollInterval = 50;

/** The processes of a system, each kept running until the system stops. */
export class System {
  readonly #report: SystemReport;
  readonly #processes: readonly SupervisedProcess[];
  readonly #settled = new Map<string, PromiseWithResolvers<boolean>>();

  constructor(programs: readonly PlannedProgram[], report: SystemReport, policy: RestartPolicy = {}) {
    this.#report = report;
    this.#processes = programs.map((program) => this.#supervise(program, policy));
  }

  /** Starts all at once. Resolves when each serves or is given up, to whether all of them serve. */
  async start(): Promise<boolean> {
    for (const process of this.#processes) process.start();
    const served = await Promise.all([...this.#settled.values()].map(({ promise }) => promise));
    return served.every(Boolean);
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
    this.#settled.set(name, settled);
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
        this.#report.news(crash(name, how, lastLines, restartIn));
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

function crash(name: string, how: string, lastLines: readonly string[], restartIn: number | undefined): string {
  const next =
    restartIn === undefined
      ? 'It is not started again; all else goes on.'
      : `It starts again in ${seconds(restartIn)}.`;
  const tail = lastLines.length === 0 ? '' : ` Its last lines:\n${lastLines.map((line) => `  ${line}`).join('\n')}\n`;
  return tail === '' ? `${name} ended unasked (${how}). ${next}` : `${name} ended unasked (${how}).${tail}${next}`;
}

function seconds(milliseconds: number): string {
  return `${(milliseconds / 1000).toFixed(1)} s`;
}
