import { setTimeout as delay } from 'node:timers/promises';
import { Edge } from './edge.ts';
import type { Fault } from './faults.ts';
import { Load } from './load.ts';
import type { Outcome } from './report.ts';
import type { Target } from './target.ts';

export interface RunOptions {
  /** Requests per second. */
  readonly rate: number;
  /** Milliseconds of load before and after the fault. */
  readonly margin: number;
  readonly shorter: boolean;
}

/** Puts the system under load, does one thing to it, and says what that did to the requests. */
export async function endure(target: Target, fault: Fault, { rate, margin, shorter }: RunOptions): Promise<Outcome> {
  const edge = new Edge(target.gateways);
  edge.start();
  const load = new Load(edge, rate);
  await load.prepare();

  const stop = new AbortController();
  const running = load.run(stop.signal);
  const begin = Date.now();
  await delay(margin);
  const sets = Date.now();
  await fault.inflict(target, shorter);
  const over = Date.now();
  await delay(margin);
  const end = Date.now();
  stop.abort();
  await running;

  const phases = { begin, fault: sets, over, end };
  const lost = await load.lost();
  edge.stop();
  const broken = [
    ...fault.judge(load.samples, phases),
    ...(lost === 0 ? [] : [`${lost} acknowledged writes are lost`]),
  ];
  return { fault: fault.name, phases, samples: load.samples, lost, broken };
}
