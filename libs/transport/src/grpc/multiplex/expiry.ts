/** What ends at a deadline. */
export interface Expiring {
  /** Milliseconds since 1970; Infinity for never. */
  readonly deadline: number;
}

/** Milliseconds that are left to what stands closer to the work, which can say more about what was too slow. */
const precedence = 10;

const longestTimer = 2 ** 31 - 1;

/** Ends calls a little after their deadlines, with one timer for all of them. */
export class Expiry<Call extends Expiring> {
  readonly #calls: ReadonlyMap<unknown, Call>;
  readonly #expire: (call: Call) => void;
  #timer: NodeJS.Timeout | undefined;
  /** The deadline that the timer is set for. */
  #next = Infinity;

  /** `calls` are those that are not over; `expire` is called for each that is late, and takes it out. */
  constructor(calls: ReadonlyMap<unknown, Call>, expire: (call: Call) => void) {
    this.#calls = calls;
    this.#expire = expire;
  }

  /** One of the calls has this deadline. */
  watch(deadline: number): void {
    if (deadline >= this.#next) return;
    clearTimeout(this.#timer);
    this.#next = deadline;
    const wait = Math.min(Math.max(0, deadline - Date.now()) + precedence, longestTimer);
    this.#timer = setTimeout(() => this.#look(), wait).unref();
  }

  stop(): void {
    clearTimeout(this.#timer);
  }

  #look(): void {
    const now = Date.now();
    let next = Infinity;
    for (const call of this.#calls.values()) {
      if (call.deadline + precedence <= now) this.#expire(call);
      else next = Math.min(next, call.deadline);
    }
    this.#next = Infinity;
    this.watch(next);
  }
}
