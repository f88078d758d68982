import type { Slice } from './rounds.ts';
import { median, noise } from './statistics.ts';

/** What a scenario has found out. */
export interface Measured {
  /** What was measured in turn, slice by slice. */
  readonly slices: readonly Slice[];
  /** What was measured besides, by its name. */
  readonly figures: Readonly<Record<string, number>>;
  /** What to know of it, a sentence each. */
  readonly notes: readonly string[];
}

/** All that is known, by the names of scenarios. */
export type Results = Readonly<Record<string, Measured>>;

/** What one target comes to. */
export interface Summary {
  readonly target: string;
  /** Of so many measurements so many counted. */
  readonly clean: number;
  readonly of: number;
  readonly rate: number;
  readonly p50: number;
  readonly p99: number;
  readonly p999: number;
  readonly cpu: Readonly<Record<string, number>>;
  readonly memory: Readonly<Record<string, number>>;
  /** CPU time of the load, as that of the parts. */
  readonly loadCpu: number;
  /** How far the middle half of the measurements of the gateway's CPU time is apart, as a share of the median. */
  readonly noise: number;
  readonly errors: number;
}

/** What others may take of the machine before a measurement does not count. */
const tolerable = 0.05;

/** The names of the targets, in order. */
function targetsOf(slices: readonly Slice[]): readonly string[] {
  return [...new Set(slices.map(({ target }) => target))];
}

/**
 * The slices that count: those in which the machine had little else to do. Where that is less than half of a target's, the
 * least disturbed half of them.
 */
export function cleanOf(slices: readonly Slice[]): readonly Slice[] {
  return targetsOf(slices).flatMap((target) => {
    const own = slices.filter((slice) => slice.target === target);
    const clean = own.filter(({ disturbance }) => disturbance <= tolerable);
    const half = Math.ceil(own.length / 2);
    if (clean.length >= half) return clean;
    return own.toSorted((a, b) => a.disturbance - b.disturbance).slice(0, half);
  });
}

/** What each target comes to: medians of what counts. */
export function summaries(slices: readonly Slice[]): readonly Summary[] {
  const clean = cleanOf(slices);
  return targetsOf(slices).map((target) => {
    const all = slices.filter((slice) => slice.target === target);
    const own = clean.filter((slice) => slice.target === target);
    const of = (value: (slice: Slice) => number) => median(own.map(value));
    const byPart = (kind: 'cpu' | 'memory') =>
      Object.fromEntries(
        Object.keys(own[0]?.[kind] ?? {}).map((part) => [part, of((slice) => slice[kind][part] ?? 0)]),
      );
    return {
      target,
      clean: all.filter(({ disturbance }) => disturbance <= tolerable).length,
      of: all.length,
      rate: of(({ load }) => load.requests / load.seconds),
      p50: of(({ load }) => load.p50),
      p99: of(({ load }) => load.p99),
      p999: of(({ load }) => load.p999),
      cpu: byPart('cpu'),
      memory: byPart('memory'),
      loadCpu: of(({ load }) => load.cpu),
      noise: noise(own.map(({ cpu }) => cpu.gateway ?? 0)),
      errors: all.flatMap(({ load }) => Object.values(load.errors)).reduce((sum, count) => sum + count, 0),
    };
  });
}

/** What a target's value is to that of another in the same round, for all rounds in which both count. */
export function ratios(
  slices: readonly Slice[],
  [target, reference]: readonly [string, string],
  value: (slice: Slice) => number | undefined,
  valueOfReference = value,
): readonly number[] {
  const clean = cleanOf(slices);
  return clean.flatMap((slice) => {
    if (slice.target !== target) return [];
    const other = clean.find((one) => one.target === reference && one.round === slice.round);
    const [own, others] = [value(slice), other && valueOfReference(other)];
    return own === undefined || others === undefined ? [] : [own / others];
  });
}

/** The CPU time of a part. */
export function cpu(part: string): (slice: Slice) => number | undefined {
  return (slice) => slice.cpu[part];
}
