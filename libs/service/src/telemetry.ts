import { setTimeout as delay } from 'node:timers/promises';
import { context, propagation, ROOT_CONTEXT, trace } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { W3CTraceContextPropagator } from '@opentelemetry/core';
import { resourceFromAttributes, type Resource } from '@opentelemetry/resources';
import {
  BatchSpanProcessor,
  ParentBasedSampler,
  SamplingDecision,
  TraceIdRatioBasedSampler,
  TracerProvider,
  type ReadableSpan,
  type SpanExporter,
} from '@opentelemetry/sdk-trace';
import { Spans, TraceIds } from '@ko/middleware';
import { PrismaInstrumentation } from '@prisma/instrumentation';
import type { Logger } from 'pino';
import type { Registry } from 'prom-client';
import type { ProcessConfig } from './config.ts';
import { createRegistry } from './exposition.ts';
import { LazyExporter } from './lazy-exporter.ts';
import { logExport } from './log-export.ts';
import { createLogger } from './logger.ts';
import { endpointOf, exportOutcomes, exportTimeout, watched, type Outcome } from './otlp.ts';
import type { Component } from './run.ts';

/** How a process tells what it does. */
export interface Telemetry extends Component {
  readonly log: Logger;
  readonly metrics: Registry;
  /** Undefined when no spans are sent anywhere. */
  readonly spans: Spans | undefined;
}

/**
 * The logs, metrics and traces of a process. There is one per process, since libraries report spans to a global provider.
 * Spans and log lines are sent where the config says; the trace of a request is passed on, and lines are printed, in any case.
 */
export function createTelemetry(name: string, config: ProcessConfig): Telemetry {
  const metrics = createRegistry(config.VERSION);
  const outcome = exportOutcomes(metrics, () => log);
  const resource = resourceFromAttributes({
    'service.name': name,
    'service.instance.id': crypto.randomUUID(),
    ...(config.VERSION !== '' && { 'service.version': config.VERSION }),
  });
  const logUrl = endpointOf('logs', config);
  const lines = logUrl === undefined ? undefined : logExport(logUrl, resource, outcome);
  const log = createLogger(name, config, lines);
  const traceUrl = endpointOf('traces', config);
  const tracing =
    traceUrl === undefined ? undefined : createTracing(name, resource, { url: traceUrl, config, outcome });
  return {
    name: 'telemetry',
    log,
    metrics,
    spans: tracing?.spans,
    timeouts: (['traces', 'logs'] as const)
      .filter((signal) => endpointOf(signal, config) !== undefined)
      .map((signal) => ({
        what: `sending ${signal}`,
        milliseconds: exportTimeout,
        from: 'libs/service: exportTimeout',
      })),
    async stop() {
      await Promise.race([
        Promise.all([tracing?.provider.shutdown(), lines?.stop()]),
        delay(exportTimeout, undefined, { ref: false }),
      ]);
      log.flush();
    },
  };
}

interface TracingOptions {
  readonly url: string;
  readonly config: ProcessConfig;
  readonly outcome: Outcome;
}

/**
 * What sends spans to the URL. Only a process that sends some has a global provider, and keeps track of what is done for
 * which request: both have their price, for every promise.
 */
function createTracing(name: string, resource: Resource, { url, config, outcome }: TracingOptions) {
  const ids = new TraceIds();
  const root = new TraceIdRatioBasedSampler(config.TRACE_RATIO);
  const provider = new TracerProvider({
    resource,
    idGenerator: ids,
    sampler: new ParentBasedSampler({ root }),
    spanProcessors: [new BatchSpanProcessor({ exporter: spanExporter(url, outcome) })],
  });
  trace.setGlobalTracerProvider(provider);
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  propagation.setGlobalPropagator(new W3CTraceContextPropagator());
  const prisma = new PrismaInstrumentation();
  prisma.setTracerProvider(provider);
  prisma.enable();
  const keeps = (traceId: string): boolean =>
    root.shouldSample(ROOT_CONTEXT, traceId).decision === SamplingDecision.RECORD_AND_SAMPLED;
  return { provider, spans: new Spans(provider.getTracer(name), ids, keeps) };
}

function spanExporter(url: string, outcome: Outcome): SpanExporter {
  const exporter = new LazyExporter<ReadableSpan>(async () => {
    const { OTLPTraceExporter } = await import('@opentelemetry/exporter-trace-otlp-http');
    return new OTLPTraceExporter({ url, timeoutMillis: exportTimeout });
  });
  return watched(exporter, 'traces', outcome);
}
