/** Milliseconds in which an observation loses two thirds of its weight. */
const memory = 10_000;

/** Load of an instance that has calls but has answered none yet: more than that of any that answers. */
const unknownLatency = 60_000;

/**
 * How busy an instance is: the latency of its answers times the calls that it has in hand. Latency is a peak-sensitive
 * moving average: it rises at once and falls slowly, so that an instance that has become slow is left alone at once
 * (Finagle's Peak EWMA).
 */
export class Load {
  #latency = 0;
  #observed = performance.now();
  #inFlight = 0;

  get inFlight(): number {
    return this.#inFlight;
  }

  /** Milliseconds that answers take at present. */
  get latency(): number {
    return this.#latency * this.#weight(performance.now());
  }

  get cost(): number {
    const { latency } = this;
    if (latency === 0 && this.#inFlight > 0) return unknownLatency * (this.#inFlight + 1);
    return latency * (this.#inFlight + 1);
  }

  begin(): void {
    this.#inFlight++;
  }

  end(): void {
    this.#inFlight--;
  }

  /** An answer took so many milliseconds, until now. */
  observe(latency: number, now = performance.now()): void {
    if (latency > this.#latency) {
      this.#latency = latency;
    } else {
      const weight = this.#weight(now);
      this.#latency = this.#latency * weight + latency * (1 - weight);
    }
    this.#observed = now;
  }

  #weight(now: number): number {
    return Math.exp(-(now - this.#observed) / memory);
  }
}
