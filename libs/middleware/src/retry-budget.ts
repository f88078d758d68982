export interface RetryBudgetOptions {
  /** Further attempts for each call, in the long run. */
  readonly ratio?: number;
  /** Further attempts that may be saved up while all goes well: what the fall of one instance may cost at once. */
  readonly max?: number;
}

/**
 * What keeps retries and hedges from multiplying an outage: a token bucket that each call fills a little and each further
 * attempt takes one from. One budget for all methods of one callee, shared by `retry` and `hedge`. After Finagle's
 * RetryBudget and gRPC's retry throttling (gRFC A6).
 */
export class RetryBudget {
  readonly #ratio: number;
  readonly #max: number;
  #tokens: number;

  constructor({ ratio = 0.2, max = 100 }: RetryBudgetOptions = {}) {
    this.#ratio = ratio;
    this.#max = max;
    this.#tokens = max;
  }

  /** Attempts that are left at present. */
  get left(): number {
    return Math.floor(this.#tokens);
  }

  /** A call begins, for the first time. */
  deposit(): void {
    this.#tokens = Math.min(this.#max, this.#tokens + this.#ratio);
  }

  /** Pays for one further attempt, or returns false. */
  withdraw(): boolean {
    if (this.#tokens < 1) return false;
    this.#tokens -= 1;
    return true;
  }
}
