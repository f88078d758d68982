import { setTimeout as delay } from 'node:timers/promises';
import type { Logger, Timeout } from '@ko/endpoint';

/** What a process starts and stops. */
export interface Component {
  readonly name: string;
  /** Resolves when it works. */
  start?(): Promise<void>;
  /** Resolves when it has stopped, its work done. Called only after `start` has resolved. */
  stop?(): Promise<void>;
  /** The limits in time that it sets. */
  readonly timeouts?: readonly Timeout[];
}

export interface RunOptions {
  readonly log: Logger;
  /** Milliseconds for all components together to stop in. */
  readonly budget: number;
  /** Says when to stop; SIGTERM or SIGINT unless a test says otherwise. */
  readonly stopped?: Promise<string>;
  /** Ends the process while something of it still hangs; process.exit, unless somebody else says when to stop. */
  readonly exit?: (code: number) => void;
}

/** Milliseconds for the last lines of the log, when something keeps the process from ending by itself. */
const farewell = 200;

/**
 * Runs a process: starts the components in the order given, waits for SIGTERM or SIGINT, and stops them in the reverse
 * order, each even if another fails. Resolves to the exit code: 0 when all has stopped within the budget.
 * The process ends soon afterwards, whatever of it still hangs, such as a connection to a machine that is gone. A second
 * signal ends it at once.
 */
export async function run(components: readonly Component[], options: RunOptions): Promise<number> {
  const { log, budget, exit = options.stopped === undefined ? process.exit : () => {} } = options;
  const stopped = options.stopped ?? signalled();
  const started: Component[] = [];
  const end = (code: number) => {
    setTimeout(() => exit(code), farewell).unref();
    return code;
  };
  try {
    for (const component of components) {
      await component.start?.();
      started.unshift(component);
    }
    log.info({ pid: process.pid }, 'started');
    log.info({ signal: await stopped }, 'stopping');
  } catch (error) {
    log.error({ err: error }, 'could not start');
    await stopAll(started, log, budget);
    return end(1);
  }
  return end((await stopAll(started, log, budget)) ? 0 : 1);
}

async function stopAll(components: readonly Component[], log: Logger, budget: number): Promise<boolean> {
  const late = delay(budget, 'late' as const, { ref: false });
  const failed: string[] = [];
  for (const component of components) {
    if (component.stop === undefined) continue;
    const since = performance.now();
    const outcome = await Promise.race([stopOne(component, component.stop.bind(component), log), late]);
    if (outcome !== 'stopped') failed.push(component.name);
    log.info({ component: component.name, outcome, duration_ms: Math.round(performance.now() - since) }, 'stop');
  }
  return failed.length === 0;
}

async function stopOne(component: Component, stop: () => Promise<void>, log: Logger): Promise<'stopped' | 'failed'> {
  try {
    await stop();
    return 'stopped';
  } catch (error) {
    log.error({ err: error, component: component.name }, 'could not stop');
    return 'failed';
  }
}

function signalled(): Promise<string> {
  return new Promise((resolve) => {
    for (const signal of ['SIGTERM', 'SIGINT'] as const) {
      process.once(signal, () => {
        resolve(signal);
        process.on(signal, () => process.exit(1));
      });
    }
  });
}
