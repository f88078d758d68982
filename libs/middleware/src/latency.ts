/** How much longer than usual calls may take before that counts as slow, besides what is tolerated in milliseconds. */
const tolerance = 1.5;

/** Milliseconds that say nothing. */
const noise = 5;

/** Calls without which nothing is said about a method. */
const enough = 10;

/** Milliseconds that a method's calls usually take, and how those since the last look compare to it. */
export class Latency {
  readonly #slack: number;
  #usual: number | undefined;
  #answered = 0;
  #total = 0;
  #givenUp = 0;
  #wasted = 0;

  /** `slack` is the milliseconds that calls may take longer than usual before that counts as slow. */
  constructor(slack: number) {
    this.#slack = slack;
  }

  answered(milliseconds: number): void {
    this.#answered += 1;
    this.#total += milliseconds;
  }

  /** The caller went, or the deadline passed. When it waited less than usual, that says nothing about the method. */
  givenUp(milliseconds: number): void {
    if (this.#usual === undefined || milliseconds < this.#usual) return;
    this.#givenUp += 1;
    this.#wasted += milliseconds;
  }

  get calls(): number {
    return this.#answered + this.#givenUp;
  }

  /** Milliseconds of all calls together. */
  get spent(): number {
    return this.#total + this.#wasted;
  }

  get isTelling(): boolean {
    return this.calls >= enough;
  }

  /** 1 when calls take about as long as usual; half of it when they take twice what is tolerated, or every other one is given up. */
  get gradient(): number {
    if (this.#usual === undefined || this.#answered === 0) return this.#usual === undefined ? 1 : 0;
    const tolerated = this.#usual * tolerance + this.#slack;
    return (this.#answered / this.calls) * Math.min(1, tolerated / this.#mean);
  }

  /** Whether calls take so much longer than usual that they seem to wait for their turn, be it tolerated or not. */
  get isQueueing(): boolean {
    return this.#usual !== undefined && this.#mean > this.#usual * tolerance + noise;
  }

  /** Moves what is usual by that share of the way to what was seen. */
  learn(share: number): void {
    if (this.#answered > 0) {
      this.#usual ??= this.#mean;
      this.#usual += share * (this.#mean - this.#usual);
    }
    this.forget();
  }

  /** Forgets what was seen, not what is usual. */
  forget(): void {
    this.#answered = this.#total = this.#givenUp = this.#wasted = 0;
  }

  get #mean(): number {
    return this.#total / this.#answered;
  }
}
