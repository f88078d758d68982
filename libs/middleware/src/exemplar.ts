import { TraceFlags, type SpanContext } from '@opentelemetry/api';
import type { Histogram, LabelValues } from 'prom-client';

/** What is timed, and the span that it was timed in. */
interface Timed<Label extends string> {
  readonly labels: LabelValues<Label>;
  readonly seconds: number;
  readonly span: SpanContext | undefined;
}

/** Puts a time into a histogram, with an exemplar (OpenMetrics) that names its trace when that is kept. */
export function observe<L extends string>(histogram: Histogram<L>, { labels, seconds: value, span }: Timed<L>): void {
  const isKept = span !== undefined && (span.traceFlags & TraceFlags.SAMPLED) !== 0;
  // prom-client types labels of exemplars as those of the metric, which they are not.
  const exemplarLabels = (isKept ? { trace_id: span.traceId } : none) as LabelValues<L>;
  histogram.observe({ labels, value, exemplarLabels });
}

const none = {};
