/** Buckets of a table: a few calls each where there are as many as may be. */
const buckets = 256;

/** Calls by their numbers. They come and go too fast for a Map, as `Crowd` of `@ko/endpoint` tells. */
export class CallTable<T extends { readonly id: number }> {
  readonly #buckets: readonly T[][] = Array.from({ length: buckets }, () => []);
  #size = 0;

  get size(): number {
    return this.#size;
  }

  get(id: number): T | undefined {
    return this.#bucketOf(id).find((call) => call.id === id);
  }

  /** Adds a call whose number is not in use. */
  add(call: T): void {
    this.#bucketOf(call.id).push(call);
    this.#size++;
  }

  /** Returns false for a call that is not there. */
  delete(call: T): boolean {
    const bucket = this.#bucketOf(call.id);
    const index = bucket.indexOf(call);
    if (index === -1) return false;
    const last = bucket.pop();
    if (last !== undefined && last !== call) bucket[index] = last;
    this.#size--;
    return true;
  }

  /** All calls, as a list of its own. */
  toArray(): readonly T[] {
    return this.#buckets.flat();
  }

  #bucketOf(id: number): T[] {
    // There is one for each remainder.
    return this.#buckets[id % buckets] ?? [];
  }
}
