import {
  context as active,
  defaultTextMapGetter,
  defaultTextMapSetter,
  ROOT_CONTEXT,
  SpanKind,
  SpanStatusCode,
  trace,
  type Context as TraceContext,
  type Span,
  type Tracer,
} from '@opentelemetry/api';
import { suppressTracing, W3CTraceContextPropagator } from '@opentelemetry/core';
import { StatusError, type Code } from '@ko/endpoint';
import type { Carrier, Origin } from './origin.ts';
import { isKept, newTraceParent, spanIdOf, traceIdOf } from './trace-parent.ts';

const propagator = new W3CTraceContextPropagator();

/** What libraries that report spans of their own find around them in a request whose trace is not kept. */
const untraced = suppressTracing(ROOT_CONTEXT);

const kinds = { server: SpanKind.SERVER, client: SpanKind.CLIENT };

const serverFaults: ReadonlySet<Code> = new Set([
  'unknown',
  'deadline_exceeded',
  'unimplemented',
  'internal',
  'unavailable',
  'data_loss',
]);

/** Names the traces and spans that begin here: the IdGenerator of a tracer's provider. */
export class TraceIds {
  /** The id of the next trace; any, unless it is set. */
  next: string | undefined;

  generateTraceId(): string {
    const id = this.next ?? traceIdOf(newTraceParent());
    this.next = undefined;
    return id;
  }

  generateSpanId(): string {
    return spanIdOf(newTraceParent());
  }
}

/** Makes the spans of the traces that are kept. Of the others there are none: even one that nobody keeps has its price. */
export class Spans {
  readonly #tracer: Tracer;
  readonly #ids: TraceIds;
  readonly #keeps: (traceId: string) => boolean;

  /** `keeps` says whether a trace that begins here is kept; `ids` are those of the tracer. */
  constructor(tracer: Tracer, ids: TraceIds, keeps: (traceId: string) => boolean) {
    this.#tracer = tracer;
    this.#ids = ids;
    this.#keeps = keeps;
  }

  /** Begins a span, within another of the trace if there is one; undefined when the trace is not kept. */
  start({ carrier, isNew }: Origin, what: SpanOptions & { name: string }, around = ROOT_CONTEXT): Span | undefined {
    const traceId = traceIdOf(carrier.traceparent);
    if (isNew) {
      if (!this.#keeps(traceId)) return undefined;
      this.#ids.next = traceId;
      return this.#tracer.startSpan(what.name, what, ROOT_CONTEXT);
    }
    if (!isKept(carrier.traceparent)) return undefined;
    const isWithin = trace.getSpanContext(around)?.traceId === traceId;
    return this.#tracer.startSpan(what.name, what, isWithin ? around : contextOf(carrier));
  }
}

/** The trace that the metadata names, or else a new one. */
export function originOf(metadata: Partial<Carrier>): Origin {
  const { tracestate } = metadata;
  const traceparent = parseTraceParent(metadata.traceparent);
  if (traceparent === undefined) return { carrier: { traceparent: newTraceParent() }, isNew: true };
  return { carrier: tracestate === undefined ? { traceparent } : { traceparent, tracestate }, isNew: false };
}

function contextOf(carrier: Carrier): TraceContext {
  return propagator.extract(ROOT_CONTEXT, carrier, defaultTextMapGetter);
}
