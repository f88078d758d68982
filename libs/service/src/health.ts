import { setTimeout as delay } from 'node:timers/promises';
import { StatusError } from '@ko/endpoint';
import type { Component } from './run.ts';

/** Something that must work for the process to serve. */
export interface ReadinessCheck {
  readonly name: string;
  /** Rejects with what is missing, in words that are safe to show. */
  ready(): Promise<void>;
}

/** Whether a process should get requests, and if not, why. */
export interface Readiness {
  readonly ready: boolean;
  /** `ok`, or what is missing, by the name of the check. */
  readonly checks: Readonly<Record<string, string>>;
}

const checkTimeout = 2_000;

/**
 * The readiness of a process. As a component it comes last: it makes the process ready when all else has started, and
 * unready before anything stops, then gives the others `delay` milliseconds to notice.
 */
export class Health implements Component {
  readonly name = 'readiness';
  readonly #checks: readonly ReadinessCheck[];
  readonly #delay: number;
  #serving = false;

  constructor(checks: readonly ReadinessCheck[], { delay = 0 }: { delay?: number } = {}) {
    this.#checks = checks;
    this.#delay = delay;
  }

  async start(): Promise<void> {
    this.#serving = true;
    return Promise.resolve();
  }

  async stop(): Promise<void> {
    this.#serving = false;
    await delay(this.#delay);
  }

  async readiness(): Promise<Readiness> {
    const checks = Object.fromEntries(
      await Promise.all(this.#checks.map(async (check) => [check.name, await outcomeOf(check)] as const)),
    );
    const all = { process: this.#serving ? 'ok' : 'starting or stopping', ...checks };
    return { ready: Object.values(all).every((outcome) => outcome === 'ok'), checks: all };
  }
}

async function outcomeOf(check: ReadinessCheck): Promise<string> {
  const late = delay(checkTimeout, `no answer in ${String(checkTimeout)} ms`, { ref: false });
  try {
    return await Promise.race([check.ready().then(() => 'ok'), late]);
  } catch (error) {
    return StatusError.from(error).message;
  }
}
