import { settle, StatusError, type Middleware } from '@ko/endpoint';
import { trace } from '@opentelemetry/api';
import { Gauge, Histogram, type Registry } from 'prom-client';
import { observe } from './exemplar.ts';

export interface MetricsOptions {
  /** Whether the calls are those that the process serves or those that it makes. */
  readonly side: 'server' | 'client';
}

/** Bounds of the buckets that durations are sorted into, in seconds: the same for all, so that they can be compared. */
export const durationBuckets = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

/**
 * Counts and times calls, by method and code, in `rpc_<side>_duration_seconds` and `rpc_<side>_in_flight`. The registry is
 * one of OpenMetrics: a time names the trace that it was taken in, when that is kept.
 */
export function metrics(registry: Registry, { side }: MetricsOptions): Middleware {
  const duration = histogram(registry, `rpc_${side}_duration_seconds`);
  const inFlight = gauge(registry, `rpc_${side}_in_flight`);

  return (next, method) => {
    const labels = { service: method.parent.typeName, method: method.name };
    return (request, context) => {
      const since = performance.now();
      const span = trace.getActiveSpan()?.spanContext();
      inFlight.inc(labels);
      return settle(
        () => next(request, context),
        (error) => {
          const code = error === undefined ? 'ok' : StatusError.from(error).code;
          observe(duration, { labels: { ...labels, code }, seconds: (performance.now() - since) / 1000, span });
          inFlight.dec(labels);
        },
      );
    };
  };
}

/** Several services in one process share their metrics: a registry holds a name once. */
function histogram(registry: Registry, name: string): Histogram<'service' | 'method' | 'code'> {
  const known = registry.getSingleMetric(name);
  if (known instanceof Histogram) return known;
  const help = 'How long calls took until they were over.';
  const labelNames = ['service', 'method', 'code'] as const;
  return new Histogram({
    name,
    help,
    labelNames,
    buckets: durationBuckets,
    enableExemplars: true,
    registers: [registry],
  });
}

function gauge(registry: Registry, name: string): Gauge<'service' | 'method'> {
  const known = registry.getSingleMetric(name);
  if (known instanceof Gauge) return known;
  return new Gauge({
    name,
    help: 'Calls that are not over.',
    labelNames: ['service', 'method'],
    registers: [registry],
  });
}
