import {
  context as active,
  defaultTextMapSetter,
  ROOT_CONTEXT,
  SpanKind,
  SpanStatusCode,
  trace,
  type Span,
} from '@opentelemetry/api';
import { suppressTracing, W3CTraceContextPropagator } from '@opentelemetry/core';
import { settle, StatusError, type Code, type Context, type Middleware } from '@ko/endpoint';
import { nameOf } from './method-name.ts';
import { originOf, type Carrier, type Spans } from './spans.ts';
import { traceResponse } from './trace-response.ts';

const serverFaults: ReadonlySet<Code> = new Set([
  'unknown',
  'deadline_exceeded',
  'unimplemented',
  'internal',
  'unavailable',
  'data_loss',
]);

const propagator = new W3CTraceContextPropagator();

/** What libraries that report spans of their own find around them in a request whose trace is not kept. */
const untraced = suppressTracing(ROOT_CONTEXT);

export interface ServerTracingOptions {
  /** Whether callers are told which trace is theirs. */
  readonly tell?: boolean;
}

/**
 * Names the trace of each request that is served: the one that its `traceparent` names (W3C Trace Context), or else a new
 * one. Calls that are made for it, and the layers inside, find it in `outgoing`. The request is a span of it when that is
 * kept; without `spans` nothing is kept here.
 */
export function serverTracing(spans: Spans | undefined, { tell = false }: ServerTracingOptions = {}): Middleware {
  return (next, method) => {
    const what = spanOf(SpanKind.SERVER, nameOf(method));

    return (request, context) => {
      const origin = originOf(context.metadata);
      const span = spans?.start(origin, what);
      const carrier = span === undefined ? origin.carrier : carrierOf(span, origin.carrier);
      const named = { ...context, outgoing: { ...context.outgoing, ...carrier } };
      if (tell) context.reply.set(traceResponse, carrier.traceparent);

      if (spans === undefined) return next(request, named);
      if (span === undefined) return active.with(untraced, next, undefined, request, named);
      return active.with(trace.setSpan(ROOT_CONTEXT, span), () =>
        settle(
          () => next(request, named),
          (error) => end(span, error, (code) => serverFaults.has(code)),
        ),
      );
    };
  };
}

/** Names the trace of the request at hand to the callee. The call is a span of it when that is kept. */
export function clientTracing(spans: Spans | undefined): Middleware {
  return (next, method) => {
    if (spans === undefined) return (request, context) => next(request, passingOn(context));
    const what = spanOf(SpanKind.CLIENT, nameOf(method));

    return (request, context) => {
      const origin = originOf(context.outgoing.traceparent === undefined ? context.metadata : context.outgoing);
      const span = spans.start(origin, what, active.active());
      const carrier = span === undefined ? origin.carrier : carrierOf(span, origin.carrier);
      const named = { ...context, outgoing: { ...context.outgoing, ...carrier } };
      if (span === undefined) return next(request, named);
      return settle(
        () => next(request, named),
        (error) => end(span, error, () => true),
      );
    };
  };
}

/** The context, with the trace that it came with if none has been named since. */
function passingOn<C extends Context>(context: C): C {
  const { outgoing, metadata } = context;
  if (outgoing.traceparent !== undefined || metadata.traceparent === undefined) return context;
  return { ...context, outgoing: { ...outgoing, ...originOf(metadata).carrier } };
}

/** Names of OpenTelemetry's semantic conventions for RPC. */
function spanOf(kind: SpanKind, name: string) {
  return { name, kind, attributes: { 'rpc.system.name': 'grpc', 'rpc.method': name } };
}

/** What names a span to others; what came, if it has no name. */
function carrierOf(span: Span, came: Carrier): Carrier {
  const carrier: { traceparent?: string } = {};
  propagator.inject(trace.setSpan(ROOT_CONTEXT, span), carrier, defaultTextMapSetter);
  return { ...came, ...carrier };
}

function end(span: Span, error: unknown, isFault: (code: Code) => boolean): void {
  const status = error === undefined ? undefined : StatusError.from(error);
  span.setAttribute('rpc.response.status_code', status?.code.toUpperCase() ?? 'OK');
  if (status !== undefined && isFault(status.code)) {
    span.setStatus({ code: SpanStatusCode.ERROR, message: status.message });
  }
  span.end();
}
