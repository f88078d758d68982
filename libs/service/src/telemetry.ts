import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import { context, propagation, trace, type Tracer } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { W3CTraceContextPropagator } from '@opentelemetry/core';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { resourceFromAttributes, type Resource } from '@opentelemetry/resources';
import {
  AlwaysOffSampler,
  BatchSpanProcessor,
  ParentBasedSampler,
  TraceIdRatioBasedSampler,
  TracerProvider,
} from '@opentelemetry/sdk-trace';
import { PrismaInstrumentation } from '@prisma/instrumentation';
import type { Logger } from 'pino';
import type { Registry } from 'prom-client';
import type { ProcessConfig } from './config.ts';
import { createRegistry } from './exposition.ts';
import { logExport } from './log-export.ts';
import { createLogger } from './logger.ts';
import { endpointOf, exportOutcomes, exportTimeout, watched, type Outcome } from './otlp.ts';
import type { Component } from './run.ts';

/** How a process tells what it does. */
export interface Telemetry extends Component {
  readonly log: Logger;
  readonly metrics: Registry;
  readonly tracer: Tracer;
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
  const provider = tracerProvider(resource, config, outcome);
  return {
    name: 'telemetry',
    log,
    metrics,
    tracer: provider.getTracer(name),
    timeouts: (['traces', 'logs'] as const)
      .filter((signal) => endpointOf(signal, config) !== undefined)
      .map((signal) => ({
        what: `sending ${signal}`,
        milliseconds: exportTimeout,
        from: 'libs/service: exportTimeout',
      })),
    async stop() {
      await Promise.race([
        Promise.all([provider.shutdown(), lines?.stop()]),
        delay(exportTimeout, undefined, { ref: false }),
      ]);
      await promisify(log.flush.bind(log))();
    },
  };
}

function tracerProvider(resource: Resource, config: ProcessConfig, outcome: Outcome): TracerProvider {
  const url = endpointOf('traces', config);
  const provider = new TracerProvider({
    resource,
    sampler:
      url === undefined
        ? new AlwaysOffSampler()
        : new ParentBasedSampler({ root: new TraceIdRatioBasedSampler(config.TRACE_RATIO) }),
    spanProcessors: url === undefined ? [] : [new BatchSpanProcessor({ exporter: spanExporter(url, outcome) })],
  });
  trace.setGlobalTracerProvider(provider);
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  propagation.setGlobalPropagator(new W3CTraceContextPropagator());
  const prisma = new PrismaInstrumentation();
  prisma.setTracerProvider(provider);
  prisma.enable();
  return provider;
}

function spanExporter(url: string, outcome: Outcome): OTLPTraceExporter {
  return watched(new OTLPTraceExporter({ url, timeoutMillis: exportTimeout }), 'traces', outcome);
}
