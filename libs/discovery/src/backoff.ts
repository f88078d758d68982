import { setTimeout as delay } from 'node:timers/promises';
import { ExponentialBackoff, fullJitterGenerator } from 'cockatiel';

export interface BackoffOptions {
  /** Milliseconds that the first pause lasts at most; each further one twice as long. */
  readonly initialDelay?: number;
  /** Milliseconds that a pause lasts at most. */
  readonly maxDelay?: number;
}

/** Pauses between attempts, ever longer ones with full jitter, so that many processes do not come back at once. */
export class Backoff {
  readonly #first;
  #next;

  constructor({ initialDelay = 200, maxDelay = 5_000 }: BackoffOptions = {}) {
    this.#first = new ExponentialBackoff({ initialDelay, maxDelay, generator: fullJitterGenerator }).next();
    this.#next = this.#first;
  }

  /** Begins anew with short pauses: an attempt has succeeded. */
  reset(): void {
    this.#next = this.#first;
  }

  async pause(signal: AbortSignal): Promise<void> {
    const { duration } = this.#next;
    this.#next = this.#next.next(undefined);
    await pause(duration, signal);
  }
}

/** Resolves after so many milliseconds, or as soon as the signal aborts. */
export async function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  try {
    await delay(milliseconds, undefined, { signal, ref: false });
  } catch {
    // Aborted: nobody waits any more.
  }
}

/** About so many milliseconds: up to a fifth less, so that processes started together drift apart. */
export function jittered(milliseconds: number): number {
  return milliseconds * (1 - Math.random() / 5);
}
