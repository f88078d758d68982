import { Crowd, type Placed } from './crowd.ts';

/** What waits for its time. */
export interface Waiting extends Placed {
  /** When its time comes, as `performance.now()` tells it. */
  readonly at: number;
  /** Called then, once. */
  late(): void;
}

/**
 * Tells those who wait that their time has come. Most never hear of it: a call that may take seconds is over after
 * milliseconds. So there is one timer for all of them, which looks who is left when the first would have been late.
 */
export class Alarms {
  readonly #waiting = new Crowd<Waiting>();
  #timer: NodeJS.Timeout | undefined;
  #next = Infinity;

  add(waiting: Waiting): void {
    this.#waiting.add(waiting);
    if (waiting.at < this.#next) this.#arm(waiting.at);
    else if (this.#waiting.size === 1) this.#timer?.ref();
  }

  /** Nobody waits for it any more. Returns false when it did not wait, or its time had come. */
  delete(waiting: Waiting): boolean {
    const didWait = this.#waiting.delete(waiting);
    if (this.#waiting.size === 0) this.#timer?.unref();
    return didWait;
  }

  #arm(at: number): void {
    clearTimeout(this.#timer);
    this.#next = at;
    this.#timer = setTimeout(() => this.#look(), Math.min(Math.ceil(at - performance.now()), 2 ** 31 - 1));
  }

  #look(): void {
    const now = performance.now();
    this.#next = Infinity;
    const late = this.#waiting.toArray().filter(({ at }) => at <= now);
    for (const waiting of late.toSorted((one, other) => one.at - other.at)) {
      // Another one may have ended it.
      if (this.#waiting.delete(waiting)) waiting.late();
    }
    const next = this.#waiting.toArray().reduce((earliest, { at }) => Math.min(earliest, at), Infinity);
    if (next < this.#next) this.#arm(next);
  }
}
