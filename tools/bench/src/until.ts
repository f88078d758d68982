import { setTimeout as delay } from 'node:timers/promises';

export interface UntilOptions {
  /** Milliseconds until it is given up. */
  readonly within?: number;
  /** Milliseconds between two tries. */
  readonly every?: number;
  /** Throws when there is nothing to wait for any more. */
  readonly check?: () => void;
}

/** Sends a request until the answer is 200. Rejects with the last answer when that takes too long. */
export async function untilAnswered(url: string, init: RequestInit = {}, options: UntilOptions = {}): Promise<void> {
  const { within = 60_000, every = 50, check } = options;
  const late = performance.now() + within;
  let last = 'nothing';
  while (performance.now() < late) {
    check?.();
    try {
      const response = await fetch(url, { ...init, signal: AbortSignal.timeout(5_000) });
      const text = await response.text();
      if (response.status === 200) return;
      last = `${response.status} ${text.slice(0, 300)}`;
    } catch {
      // It does not listen yet.
    }
    await delay(every);
  }
  throw new Error(`${url} does not answer as it should: ${last}`);
}
