import { setTimeout as delay } from 'node:timers/promises';
import type { PlannedProgram } from './plan.ts';
import { Refusal } from './refusal.ts';
import { seconds, type System } from './system.ts';

/** What can be rolled: an instance, and the service that it is one of. */
export type Rollable = Pick<PlannedProgram, 'name' | 'service'>;

export interface RollOptions {
  /** Milliseconds between one that its callers have found again and the next one, for others to notice. */
  readonly settle?: number;
  /** Milliseconds for each to serve again. */
  readonly patience?: number;
  /** Ends the roll after the instance that it is at. */
  readonly signal?: AbortSignal;
  /** Is told each step. */
  readonly told?: (text: string) => void;
}

/**
 * Stops and starts instances one after the other, each when the one before serves and its callers have found it. Rejects
 * with a Refusal, and goes on with no other, when one does not come back.
 */
export async function roll(system: System, instances: readonly Rollable[], options: RollOptions = {}): Promise<void> {
  const { settle = 1_000, patience = 60_000, signal, told = () => {} } = options;
  for (const [index, { name, service }] of instances.entries()) {
    if (index > 0) await delay(settle);
    if (signal?.aborted === true) throw new Refusal(`the roll has ended before ${name}`);
    told(`${name} stops${name === service ? ', and there is no other one meanwhile' : ''}`);
    const since = performance.now();
    await system.restart(name);
    const stopped = performance.now();
    await system.serving(name, patience);
    await system.acquainted();
    const [down, up] = [stopped - since, performance.now() - stopped].map(seconds);
    told(`${name} serves again (stopped in ${down}, back in ${up}; ${index + 1} of ${instances.length})`);
  }
}

/** Those that the names mean, of services or of instances, in the order of the system; all when there are no names. */
export function chosen<T extends Rollable>(all: readonly T[], names: readonly string[]): readonly T[] {
  for (const name of names) {
    if (!all.some((one) => one.service === name || one.name === name)) {
      const known = new Set(all.flatMap(({ service, name: own }) => [service, own]));
      throw new Refusal(`nothing here is called '${name}': there are ${[...known].join(', ')}`);
    }
  }
  return names.length === 0 ? all : all.filter(({ service, name }) => names.includes(service) || names.includes(name));
}
