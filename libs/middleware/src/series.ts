import type { Metric, Registry } from 'prom-client';
import { isKept, traceIdOf, type TraceParent } from './trace-parent.ts';

/** What a metric is, and the names of its labels. */
export interface Description {
  readonly name: string;
  readonly help: string;
  readonly labelNames: readonly string[];
}

type Labels = Readonly<Record<string, string | number>>;

/** A line of the exposition, as prom-client's registry takes it. */
interface Sample {
  readonly labels: Labels;
  readonly value: number;
  readonly metricName?: string;
  readonly exemplar?: Exemplar | undefined;
}

interface Exemplar {
  readonly labelSet: Labels;
  readonly value: number;
  readonly timestamp: number;
}

/** One series of a metric. */
interface Series {
  samples(name: string, labels: Labels): readonly Sample[];
}

/** The series whose first labels have the same values, by the value of the next one. */
interface Branch<S> {
  readonly next: Map<string | number, Branch<S>>;
  series?: S;
}

/**
 * A metric of a prom-client registry, which exposes what a metric of prom-client's would. There it is not the counting that
 * takes time, but to find the series by an object of labels, which is done here by their values one after the other.
 */
abstract class Family<S extends Series> {
  readonly name: string;
  readonly help: string;
  readonly aggregator = 'sum';
  abstract readonly type: string;
  readonly #labelNames: readonly string[];
  #root: Branch<S> = { next: new Map() };
  #all: { readonly labels: Labels; readonly series: S }[] = [];

  constructor({ name, help, labelNames }: Description) {
    this.name = name;
    this.help = help;
    this.#labelNames = labelNames;
  }

  /** The series with these values of the labels, in the order of their names. It is exposed from now on. */
  of(...values: readonly (string | number)[]): S {
    let branch = this.#root;
    for (const value of values) {
      let next = branch.next.get(value);
      if (next === undefined) branch.next.set(value, (next = { next: new Map() }));
      branch = next;
    }
    return (branch.series ??= this.#add(values));
  }

  #add(values: readonly (string | number)[]): S {
    const labels = Object.fromEntries(this.#labelNames.map((name, index) => [name, values[index] ?? '']));
    const series = this.create();
    this.#all.push({ labels, series });
    return series;
  }

  protected abstract create(): S;

  /** What the registry asks of a metric. */
  async get() {
    const { name, help, type, aggregator } = this;
    const values = this.#all.flatMap(({ labels, series }) => series.samples(name, labels));
    return { name, help, type, values, aggregator };
  }

  reset(): void {
    this.#root = { next: new Map() };
    this.#all = [];
  }
}

/** Bounds of the buckets that durations are sorted into, in seconds: the same for all, so that they can be compared. */
export const durationBuckets = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

/** A histogram of durations. */
export class Durations extends Family<Times> {
  readonly type = 'histogram';

  protected create(): Times {
    return new Times();
  }
}

/** The durations of one series. */
class Times implements Series {
  readonly #buckets = new Float64Array(durationBuckets.length + 1);
  readonly #exemplars: (Exemplar | undefined)[] = [];
  #sum = 0;

  /** Counts a duration. The trace that it was taken in, if that is kept, stands for its bucket (OpenMetrics: exemplar). */
  observe(seconds: number, trace?: TraceParent): void {
    let bucket = 0;
    while (seconds > (durationBuckets[bucket] ?? Infinity)) bucket += 1;
    this.#buckets[bucket] = (this.#buckets[bucket] ?? 0) + 1;
    this.#sum += seconds;
    if (trace === undefined || !isKept(trace)) return;
    const labelSet = { trace_id: traceIdOf(trace) };
    this.#exemplars[bucket] = { labelSet, value: seconds, timestamp: Date.now() / 1000 };
  }

  samples(name: string, labels: Labels): readonly Sample[] {
    let count = 0;
    const buckets = Array.from(this.#buckets, (value, index) => ({
      labels: { le: durationBuckets[index] ?? '+Inf', ...labels },
      value: (count += value),
      metricName: `${name}_bucket`,
      exemplar: this.#exemplars[index],
    }));
    return [
      ...buckets,
      { labels, value: this.#sum, metricName: `${name}_sum` },
      { labels, value: count, metricName: `${name}_count` },
    ];
  }
}

/** A gauge of what there is at present. */
export class Levels extends Family<Level> {
  readonly type = 'gauge';

  protected create(): Level {
    return new Level();
  }
}

/** How many there are at present, in one series. */
export class Level implements Series {
  value = 0;

  samples(_: string, labels: Labels): readonly Sample[] {
    return [{ labels, value: this.value }];
  }
}

/** The durations of the registry by that name. Several services in one process share their metrics. */
export function durations(registry: Registry, description: Description): Durations {
  const known: unknown = registry.getSingleMetric(description.name);
  return known instanceof Durations ? known : registered(registry, new Durations(description));
}

/** The levels of the registry by that name. */
export function levels(registry: Registry, description: Description): Levels {
  const known: unknown = registry.getSingleMetric(description.name);
  return known instanceof Levels ? known : registered(registry, new Levels(description));
}

function registered<M extends Durations | Levels>(registry: Registry, metric: M): M {
  // prom-client types metrics as its own classes, of which it uses only this part.
  registry.registerMetric(metric as unknown as Metric);
  return metric;
}
