/** A clock that a test moves. */
export class Clock {
  #now: number;

  constructor(start = '2030-01-01T00:00:00Z') {
    this.#now = Date.parse(start);
  }

  readonly now = (): Date => new Date(this.#now);

  /** Moves on by so many milliseconds. */
  pass(duration: number): void {
    this.#now += duration;
  }
}
