import { promisify } from 'node:util';
import { context, propagation, trace, type Tracer } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { W3CTraceContextPropagator } from '@opentelemetry/core';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { resourceFromAttributes } from '@opentelemetry/resources';
import {
  AlwaysOffSampler,
  BatchSpanProcessor,
  ParentBasedSampler,
  TraceIdRatioBasedSampler,
  TracerProvider,
} from '@opentelemetry/sdk-trace';
import { PrismaInstrumentation } from '@prisma/instrumentation';
import type { Logger } from 'pino';
import { collectDefaultMetrics, Registry } from 'prom-client';
import type { ProcessConfig } from './config.ts';
import { createLogger } from './logger.ts';
import type { Component } from './run.ts';

/** How a process tells what it does. */
export interface Telemetry extends Component {
  readonly log: Logger;
  readonly metrics: Registry;
  readonly tracer: Tracer;
}

/**
 * The logs, metrics and traces of a process. There is one per process, since libraries report spans to a global provider.
 * Spans are exported when the config says where to; the trace of a request is passed on in any case.
 */
export function createTelemetry(name: string, config: ProcessConfig): Telemetry {
  const log = createLogger(name, config);
  const metrics = new Registry();
  collectDefaultMetrics({ register: metrics });
  const provider = tracerProvider(name, config);
  return {
    name: 'telemetry',
    log,
    metrics,
    tracer: provider.getTracer(name),
    async stop() {
      await provider.shutdown();
      await promisify(log.flush.bind(log))();
    },
  };
}

function tracerProvider(
  name: string,
  { OTEL_EXPORTER_OTLP_ENDPOINT: endpoint, TRACE_RATIO }: ProcessConfig,
): TracerProvider {
  const provider = new TracerProvider({
    resource: resourceFromAttributes({ 'service.name': name }),
    sampler:
      endpoint === undefined
        ? new AlwaysOffSampler()
        : new ParentBasedSampler({ root: new TraceIdRatioBasedSampler(TRACE_RATIO) }),
    spanProcessors:
      endpoint === undefined
        ? []
        : [new BatchSpanProcessor({ exporter: new OTLPTraceExporter({ url: new URL('/v1/traces', endpoint).href }) })],
  });
  trace.setGlobalTracerProvider(provider);
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  propagation.setGlobalPropagator(new W3CTraceContextPropagator());
  const prisma = new PrismaInstrumentation();
  prisma.setTracerProvider(provider);
  prisma.enable();
  return provider;
}
