import type { Sample } from './load.ts';

/** When what happened: milliseconds since 1970. */
export interface Phases {
  readonly begin: number;
  /** The fault sets in. */
  readonly fault: number;
  /** It is over. */
  readonly over: number;
  readonly end: number;
}

/** What one fault did to the requests. */
export interface Outcome {
  readonly fault: string;
  readonly phases: Phases;
  readonly samples: readonly Sample[];
  /** Acknowledged writes that are gone. */
  readonly lost: number;
  /** What did not hold. */
  readonly broken: readonly string[];
}

/** The outcomes as a table for people. */
export function table(outcomes: readonly Outcome[]): string {
  const rows = outcomes.map(({ fault, phases, samples, lost, broken }) => [
    fault,
    String(samples.length),
    String(samples.filter(({ failure }) => failure !== undefined).length),
    latencies(samples, phases.begin, phases.fault),
    latencies(samples, phases.fault, phases.over),
    latencies(samples, phases.over, phases.end),
    String(lost),
    broken.length === 0 ? 'holds' : 'BROKEN',
  ]);
  const head = ['fault', 'requests', 'failed', 'before p50/p99', 'during p50/p99', 'after p50/p99', 'lost writes', ''];
  const all = [head, ...rows];
  const widths = head.map((_, column) => Math.max(...all.map((row) => row[column]?.length ?? 0)));
  return all
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('   ')
        .trimEnd(),
    )
    .join('\n');
}

/** Median and 99th percentile of what was answered, of the requests sent in the time. */
function latencies(samples: readonly Sample[], from: number, until: number): string {
  const sorted = samples
    .filter(({ start, failure }) => start >= from && start < until && failure === undefined)
    .map(({ duration }) => duration)
    .toSorted((one, other) => one - other);
  if (sorted.length === 0) return '-';
  const at = (share: number): string => {
    const duration = sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
    return duration < 10 ? duration.toFixed(1) : duration.toFixed(0);
  };
  return `${at(0.5)} / ${at(0.99)} ms`;
}
