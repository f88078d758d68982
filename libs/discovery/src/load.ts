/** Milliseconds in which an observation loses two thirds of its weight. */
const memory = 10_000;

/** Load of an instance that has calls but has answered none yet: more than that of any that answers. */
const unknownLatency = 60_000;

/** Milliseconds in which a refusal loses two thirds of its weight. */
const refusalMemory = 1_000;

/**
 * How busy an instance is: the latency of its answers times the calls that it has in hand, or has refused in the last
 * second: as it is quickly done with those, it would seem to be the least busy of all. Latency is a peak-sensitive
 * moving average: it rises at once and falls slowly, so that an instance that has become slow is left alone at once
 * (Finagle's Peak EWMA).
 */
export class Load {
  #latency = 0;
  #observed = performance.now();
  #inFlight = 0;
  #refusals = 0;
  #refused = 0;

  get inFlight(): number {
    return this.#inFlight;
  }

  /** Milliseconds that answers take at present. */
  get latency(): number {
    return this.#latency * this.#weight(performance.now());
  }

  get cost(): number {
    const { latency } = this;
    const calls = this.#inFlight + this.#refusalsAt(performance.now());
    return (latency === 0 && calls >= 1 ? unknownLatency : latency) * (calls + 1);
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

  /** Nobody waited any longer than so many milliseconds, until now: an answer takes more. */
  unanswered(waited: number, now = performance.now()): void {
    if (waited > this.latency) this.observe(waited, now);
  }

  /** A call was refused now. Latency stays as it was: how soon that came says nothing about answers. */
  refused(now = performance.now()): void {
    this.#refusals = this.#refusalsAt(now) + 1;
    this.#refused = now;
    this.#observed = now;
  }

  #refusalsAt(now: number): number {
    return this.#refusals * Math.exp((this.#refused - now) / refusalMemory);
  }

  #weight(now: number): number {
    return Math.exp(-(now - this.#observed) / memory);
  }
}
