/** Requests to send to a server on this machine, and for how long. */
export interface Job {
  readonly port: number;
  /** Whole requests, which take turns. */
  readonly requests: readonly string[];
  readonly connections: number;
  /** Seconds of load before what is measured. */
  readonly warmUp: number;
  /** Seconds that are measured. */
  readonly seconds: number;
  /**
   * Requests per second, whether answers come or not: a late answer counts from when its request was due. Absent: each
   * connection sends as soon as it has its answer.
   */
  readonly rate?: number | undefined;
  /** The status of a good answer. */
  readonly status?: number | undefined;
}

/** What came of the measured part of a job. Latencies are milliseconds. */
export interface LoadResult {
  readonly seconds: number;
  readonly requests: number;
  readonly p50: number;
  readonly p99: number;
  readonly p999: number;
  readonly max: number;
  /** CPU time of the load itself, in microseconds per request. */
  readonly cpu: number;
  /** Requests without a good answer, by what went wrong, also those of the warm-up. */
  readonly errors: Readonly<Record<string, number>>;
}

/** What the load process tells while it does a job. */
export type LoadNews =
  | { readonly kind: 'connected' }
  | { readonly kind: 'begins' }
  | { readonly kind: 'ended'; readonly result: LoadResult }
  | { readonly kind: 'failed'; readonly reason: string };
