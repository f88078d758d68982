import { availableParallelism } from 'node:os';
import { setTimeout as delay } from 'node:timers/promises';
import type { LoadResult } from './load/job.ts';
import type { LoadProcess } from './load/load-process.ts';
import { cpuOf, machineTime, residentOf } from './machine.ts';
import type { Target } from './target.ts';

export interface Pace {
  readonly rounds: number;
  /** Seconds of each measurement. */
  readonly seconds: number;
  /** Seconds of load that each target gets before the first. */
  readonly warmUp: number;
  readonly connections: number;
  /** Requests per second in all; as many as can be, unless said. */
  readonly rate?: number | undefined;
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
  load: LoadProcess,
  pace: Pace,
  told: (text: string) => void = () => {},
): Promise<readonly Slice[]> {
  for (const target of targets) {
    told(`${target.name} warms up`);
    await load.run(jobOf(target, { ...pace, warmUp: pace.warmUp, seconds: 0.1 }));
    target.check();
  }
  const slices: Slice[] = [];
  for (let round = 1; round <= pace.rounds; round++) {
    for (const target of targets) {
      const slice = await measureOnce(target, load, pace, round);
      slices.push(slice);
      told(describe(slice, pace.rounds));
    }
  }
  return slices;
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

function jobOf({ port, requests }: Target, { connections, warmUp, seconds, rate }: Omit<Pace, 'rounds'>) {
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

function describe({ target, round, load, cpu, disturbance }: Slice, rounds: number): string {
  const parts = Object.entries(cpu).map(([part, value]) => `${part} ${value.toFixed(1)} us`);
  const rate = Math.round(load.requests / load.seconds);
  const errors = Object.entries(load.errors).map(([reason, count]) => `, ${count} x ${reason}`);
  return `${round}/${rounds} ${target}: ${rate} req/s, p99 ${load.p99.toFixed(1)} ms, ${parts.join(', ')}, others ${(disturbance * 100).toFixed(1)} %${errors.join('')}`;
}
