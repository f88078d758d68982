import { setTimeout as delay } from 'node:timers/promises';
import type { PlannedProgram } from './plan.ts';

/** What the admin port of a process says of those that it calls, by their names; the part that is of use here. */
type Neighbours = Readonly<Record<string, { readonly instances: readonly Known[] }>>;

interface Known {
  readonly link: string;
  readonly circuit: { readonly state: string };
}

const pollInterval = 100;

/**
 * Resolves when each process that runs is connected to all instances that run of those that it calls, when it has taken
 * so many milliseconds, or when the signal aborts.
 */
export async function acquainted(
  running: () => readonly PlannedProgram[],
  within: number,
  signal: AbortSignal,
): Promise<void> {
  const late = performance.now() + within;
  while (!signal.aborted && performance.now() < late && !(await areAcquainted(running()))) await delay(pollInterval);
}

async function areAcquainted(programs: readonly PlannedProgram[]): Promise<boolean> {
  const known = await Promise.all(programs.map(neighboursOf));
  return known.flatMap(Object.entries<Neighbours[string]>).every(([service, { instances }]) => {
    const wanted = programs.filter((program) => program.service === service).length;
    return instances.filter(({ link, circuit }) => link === 'serving' && circuit.state === 'closed').length >= wanted;
  });
}

async function neighboursOf({ readyUrl }: PlannedProgram): Promise<Neighbours> {
  try {
    const answer = await fetch(new URL('/neighbours', readyUrl), { signal: AbortSignal.timeout(1_000) });
    return answer.ok ? ((await answer.json()) as Neighbours) : {}; // said by our own admin port
  } catch {
    return {}; // It has no such page, or hangs: then it is not for us to wait for what it knows.
  }
}
