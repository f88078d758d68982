import {
  defaultTextMapGetter,
  ROOT_CONTEXT,
  trace,
  type Context as TraceContext,
  type Span,
  type SpanOptions,
  type Tracer,
} from '@opentelemetry/api';
import { W3CTraceContextPropagator } from '@opentelemetry/core';
import { isKept, newTraceParent, parseTraceParent, spanIdOf, traceIdOf, type TraceParent } from './trace-parent.ts';

/** The metadata that tells a callee which trace it is part of (W3C Trace Context). */
export interface Carrier {
  readonly traceparent: TraceParent;
  readonly tracestate?: string;
}

/** The trace of a request: the one that it came with, or one that begins here. */
export interface Origin {
  readonly carrier: Carrier;
  readonly isNew: boolean;
}

const propagator = new W3CTraceContextPropagator();

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

/** A state that can be sent on, of the length that has to be. Without one it is the same trace. */
const validState = /^[ -~]{1,512}$/;

/** The trace that the metadata names, or else a new one. */
export function originOf(metadata: Partial<Carrier>): Origin {
  const { tracestate } = metadata;
  const traceparent = parseTraceParent(metadata.traceparent);
  if (traceparent === undefined) return { carrier: { traceparent: newTraceParent() }, isNew: true };
  const isAlone = tracestate === undefined || !validState.test(tracestate);
  return { carrier: isAlone ? { traceparent } : { traceparent, tracestate }, isNew: false };
}

function contextOf(carrier: Carrier): TraceContext {
  return propagator.extract(ROOT_CONTEXT, carrier, defaultTextMapGetter);
}
