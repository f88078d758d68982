import { setTimeout as delay } from 'node:timers/promises';
import { StatusError } from '@ko/endpoint';
import type { Component } from './run.ts';

/** Something that the process needs. */
export interface ReadinessCheck {
  readonly name: string;
  /** Rejects, while the process cannot serve without it, with what is missing, in words that are safe to show. */
  ready?(): Promise<void>;
  /** What is wrong though the process can serve; undefined when nothing is. */
  warning?(): string | undefined;
}

/** Whether a process should get requests, and if not, why. */
export interface Readiness {
  readonly ready: boolean;
  /** `ok`, or what is missing, by the name of the check. */
  readonly checks: Readonly<Record<string, string>>;
  /** What is wrong though the process can serve, by the name of the check. */
  readonly warnings: Readonly<Record<string, string>>;
}

const checkTimeout = 2_000;

/**
 * The readiness of a process. As a component it comes last: it makes the process ready when all else has started, and
 * unready before anything stops.
 */
export class Health implements Component {
  readonly name = 'readiness';
  readonly #checks: readonly ReadinessCheck[];
  readonly #drain: () => void;
  #serving = false;

  /** `drain` is called as soon as the process is to get no more requests. */
  constructor(checks: readonly ReadinessCheck[], drain: () => void = () => {}) {
    this.#checks = checks;
    this.#drain = drain;
  }

  async start(): Promise<void> {
    this.#serving = true;
    return Promise.resolve();
  }

  async stop(): Promise<void> {
    this.#serving = false;
    this.#drain();
    return Promise.resolve();
  }

  async readiness(): Promise<Readiness> {
    const needs = this.#checks.filter((check) => check.ready !== undefined);
    const outcomes = await Promise.all(needs.map(async (check) => [check.name, await outcomeOf(check)] as const));
    const warnings = this.#checks.flatMap((check) => {
      const warning = check.warning?.();
      return warning === undefined ? [] : [[check.name, warning] as const];
    });
    const checks = { process: this.#serving ? 'ok' : 'starting or stopping', ...Object.fromEntries(outcomes) };
    const ready = Object.values(checks).every((outcome) => outcome === 'ok');
    return { ready, checks, warnings: Object.fromEntries(warnings) };
  }
}

async function outcomeOf(check: ReadinessCheck): Promise<string> {
  const late = delay(checkTimeout, `no answer in ${String(checkTimeout)} ms`, { ref: false });
  try {
    return (await Promise.race([check.ready?.(), late])) ?? 'ok';
  } catch (error) {
    return StatusError.from(error).message;
  }
}
