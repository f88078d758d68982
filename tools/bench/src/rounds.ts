import { availableParallelism } from 'node:os';
import { setTimeout as delay } from 'node:timers/promises';
import type { Job, LoadResult } from './load/job.ts';
import type { LoadProcess } from './load/load-process.ts';
import { cpuOf, machineTime, residentOf } from './machine.ts';
import type { Site } from './site.ts';
import type { Target } from './target.ts';

export interface Pace {
  readonly rounds: number;
  /** Rounds that were done before, with what was started then. */
  readonly done?: number;
  /** Seconds of each measurement. */
  readonly seconds: number;
  /** Seconds of load that each target gets before the first. */
  readonly warmUp: number;
  /** Requests that are enough to warm up, where ten of each are too many. */
  readonly warmUpRequests?: number;
  readonly connections: number;
}

/** One measurement of one target. */
export interface Slice {
  readonly target: string;
  readonly round: number;
  readonly load: LoadResult;
  /** Microseconds of CPU per request, by part. */
  readonly cpu: Readonly<Record<string, number>>;
  /** MB in RAM, by part. */
  readonly memory: Readonly<Record<string, number>>;
  /** The share of the machine that programs of others, or other machines on the same hardware, took meanwhile. */
  readonly disturbance: number;
}

/** Seconds of load before each measurement: what others left in the processor's caches goes. */
const approach = 0.5;

/** Milliseconds until what a load left behind is done. */
const settling = 200;

/** Measures the targets in turn, round by round, so that what changes on the machine meets all of them. */
export async function measure(
  targets: readonly Target[],
  { load, told }: Pick<Site, 'load' | 'told'>,
  pace: Pace,
): Promise<readonly Slice[]> {
  for (const target of targets) await warmUp(target, load, pace);
  const { rounds, done = 0 } = pace;
  const slices: Slice[] = [];
  for (let round = done + 1; round <= done + rounds; round++) {
    for (const target of targets) {
      const slice = await measureOnce(target, load, pace, round);
      slices.push(slice);
      told(describe(slice));
    }
  }
  return slices;
}

/** How many rounds each start gets, as evenly as can be: those that get none are left out. */
export function sharedOut(rounds: number, starts: number): readonly number[] {
  const until = (start: number): number => Math.floor((rounds * start) / starts);
  return Array.from({ length: starts }, (_, start) => until(start + 1) - until(start)).filter((share) => share > 0);
}

/** Long enough for the code to be compiled and for each token to have been seen, but not for ever. */
async function warmUp(target: Target, load: LoadProcess, pace: Pace): Promise<void> {
  const wanted = Math.min(10 * target.requests.length, pace.warmUpRequests ?? Infinity);
  for (let tries = 0, requests = 0; tries < 10 && (tries === 0 || requests < wanted); tries++) {
    requests += (await load.run(jobOf(target, { ...pace, warmUp: 0, seconds: pace.warmUp }))).requests;
    target.check();
  }
}

async function measureOnce(target: Target, load: LoadProcess, pace: Pace, round: number): Promise<Slice> {
  await delay(settling);
  let before = readings(target);
  let after = before;
  const result = await load.run(jobOf(target, { ...pace, warmUp: approach }), {
    begins: () => (before = readings(target)),
    ended: () => (after = readings(target)),
  });
  target.check();
  const parts = Object.keys(target.parts);
  return {
    target: target.name,
    round,
    load: result,
    cpu: Object.fromEntries(
      parts.map((part) => [part, ((after.cpu[part] ?? 0) - (before.cpu[part] ?? 0)) / result.requests]),
    ),
    memory: after.memory,
    disturbance: (after.others - before.others) / (after.time - before.time) / cores,
  };
}

const cores = availableParallelism();

function jobOf({ port, requests, rate }: Target, { connections, warmUp, seconds }: Omit<Pace, 'rounds'>): Job {
  return { port, requests, connections, warmUp, seconds, rate };
}

/** All times are microseconds. */
function readings({ parts }: Target) {
  const time = performance.now() * 1_000;
  const of = (read: (pid: number) => number) =>
    Object.fromEntries(
      Object.entries(parts).map(([part, pids]) => [part, pids.reduce((total, pid) => total + read(pid), 0)]),
    );
  const cpu = of(cpuOf);
  const { busy, stolen } = machineTime();
  return { time, cpu, others: busy + stolen - cpuOf(process.pid), memory: of(residentOf) };
}

function describe({ target, round, load, cpu, disturbance }: Slice): string {
  const parts = Object.entries(cpu).map(([part, value]) => `${part} ${value.toFixed(1)} us`);
  const rate = Math.round(load.requests / load.seconds);
  const errors = Object.entries(load.errors).map(([reason, count]) => `, ${count} x ${reason}`);
  return `round ${round}, ${target}: ${rate} req/s, p99 ${load.p99.toFixed(1)} ms, ${parts.join(', ')}, others ${(disturbance * 100).toFixed(1)} %${errors.join('')}`;
}
