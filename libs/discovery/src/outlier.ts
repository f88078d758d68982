/** Calls after which one has lost two thirds of its weight. */
const memory = 20;

/** Calls below which a share says nothing. */
const leastCalls = 20;

/** How many of an instance's calls fail, the latest ones counting most. */
export class Outlier {
  #share = 0;
  #calls = 0;

  /** 0 to 1; 0 while there are too few calls to tell. */
  get share(): number {
    return this.#calls < leastCalls ? 0 : this.#share;
  }

  count(outcome: 'ok' | 'fault'): void {
    const weight = 1 / Math.min(++this.#calls, memory);
    this.#share += ((outcome === 'fault' ? 1 : 0) - this.#share) * weight;
  }
}
