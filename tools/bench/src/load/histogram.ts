/** Each power of two is cut into so many buckets: values are told to within 2 %. */
const precision = 64;
const bits = Math.log2(precision);

/** How often which durations came, in microseconds, in buckets that grow with the values. */
export class Histogram {
  readonly #counts = new Uint32Array(precision * (33 - bits));
  #total = 0;
  #max = 0;

  get total(): number {
    return this.#total;
  }

  get max(): number {
    return this.#max;
  }

  record(microseconds: number): void {
    const value = Math.min(Math.max(0, Math.floor(microseconds)), 2 ** 32 - 1);
    const index = indexOf(value);
    this.#counts[index] = (this.#counts[index] ?? 0) + 1;
    this.#total += 1;
    if (value > this.#max) this.#max = value;
  }

  /** The value that a share of all values do not exceed; 0 when there are none. */
  quantile(share: number): number {
    const wanted = Math.ceil(share * this.#total);
    let seen = 0;
    for (const [index, count] of this.#counts.entries()) {
      seen += count;
      if (count > 0 && seen >= wanted) return Math.min(highestOf(index), this.#max);
    }
    return 0;
  }

  reset(): void {
    this.#counts.fill(0);
    this.#total = 0;
    this.#max = 0;
  }
}

/** Small values have a bucket each; of larger ones the leading bits count. */
function indexOf(value: number): number {
  const shift = Math.max(0, 31 - Math.clz32(value) - bits);
  return shift * precision + (value >>> shift);
}

/** The highest value of a bucket. */
function highestOf(index: number): number {
  if (index < 2 * precision) return index;
  const shift = Math.floor(index / precision) - 1;
  return (index - shift * precision + 1) * 2 ** shift - 1;
}
