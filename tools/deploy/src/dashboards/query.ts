export interface Query {
  readonly expr: string;
  /** How a series is called: `{{job}}` is a label of it. */
  readonly legend?: string;
  /** Whether to show exemplars: the way from a slow request to its trace. */
  readonly exemplars?: boolean;
}

/** What there is only when something goes wrong is zero otherwise, not unknown. */
export function orZero(expr: string): string {
  return `${expr} or on () vector(0)`;
}

/** How much more of a counter there is each second, by labels. */
export function rate(counter: string, ...by: readonly string[]): string {
  return `sum by (${by.join(', ')}) (rate(${counter}[$__rate_interval]))`;
}

/** A quantile of a histogram, by labels. */
export function quantile(share: number, buckets: string, ...by: readonly string[]): string {
  return `histogram_quantile(${share}, ${rate(buckets, 'le', ...by)})`;
}

/** The usual three quantiles, of all together. */
export function quantiles(buckets: string): readonly Query[] {
  return [0.5, 0.95, 0.99].map((share) => ({
    expr: quantile(share, buckets),
    legend: `p${share * 100}`,
    exemplars: share === 0.99,
  }));
}
