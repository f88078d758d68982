import { settle, StatusError, type Middleware } from '@ko/endpoint';
import type { Registry } from 'prom-client';
import { durations, levels, type Level } from './series.ts';

export interface MetricsOptions {
  /** Whether the calls are those that the process serves or those that it makes. */
  readonly side: 'server' | 'client';
}

/**
 * Counts and times calls, by method and code, in `rpc_<side>_duration_seconds` and `rpc_<side>_in_flight`. The registry is
 * one of OpenMetrics: a time names the trace that it was taken in, when that is kept.
 */
export function metrics(registry: Registry, { side }: MetricsOptions): Middleware {
  const duration = durations(registry, {
    name: `rpc_${side}_duration_seconds`,
    help: 'How long calls took until they were over.',
    labelNames: ['service', 'method', 'code'],
  });
  const inFlight = levels(registry, {
    name: `rpc_${side}_in_flight`,
    help: 'Calls that are not over.',
    labelNames: ['service', 'method'],
  });

  return (next, { parent: { typeName }, name }) => {
    let known: Level | undefined;
    return (request, context) => {
      const since = performance.now();
      const level = (known ??= inFlight.of(typeName, name));
      level.value += 1;
      return settle(
        () => next(request, context),
        (error) => {
          const code = error === undefined ? 'ok' : StatusError.from(error).code;
          const seconds = (performance.now() - since) / 1000;
          duration.of(typeName, name, code).observe(seconds, context.outgoing.traceparent);
          level.value -= 1;
        },
      );
    };
  };
}
