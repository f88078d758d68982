import {
  context as active,
  isSpanContextValid,
  propagation,
  SpanKind,
  SpanStatusCode,
  trace,
  type Span,
  type Tracer,
} from '@opentelemetry/api';
import { settle, StatusError, type Code, type Context, type Metadata, type Middleware } from '@ko/endpoint';
import { nameOf } from './method-name.ts';
import { traceResponse, traceResponseOf } from './trace-response.ts';

const serverFaults: ReadonlySet<Code> = new Set([
  'unknown',
  'deadline_exceeded',
  'unimplemented',
  'internal',
  'unavailable',
  'data_loss',
]);

export interface ServerTracingOptions {
  /** Whether callers are told which trace is theirs. */
  readonly tell?: boolean;
}

/** A span for each request that is served, within the trace that its `traceparent` names (W3C Trace Context). */
export function serverTracing(tracer: Tracer, { tell = false }: ServerTracingOptions = {}): Middleware {
  return (next, method) => {
    const options = { kind: SpanKind.SERVER, attributes: attributesOf(nameOf(method)) };
    return (request, context) => {
      const parent = propagation.extract(active.active(), context.metadata);
      const span = tracer.startSpan(nameOf(method), options, parent);
      if (tell) context.reply.set(traceResponse, traceResponseOf(span.spanContext()));
      return active.with(trace.setSpan(parent, span), () =>
        settle(
          () => next(request, context),
          (error) => end(span, error, (code) => serverFaults.has(code)),
        ),
      );
    };
  };
}

/** A span for each call that is made. The callee learns of it by `traceparent`; without a tracer, of the caller's. */
export function clientTracing(tracer: Tracer): Middleware {
  return (next, method) => {
    const options = { kind: SpanKind.CLIENT, attributes: attributesOf(nameOf(method)) };
    return (request, context) => {
      const span = tracer.startSpan(nameOf(method), options);
      const within = trace.setSpan(active.active(), span);
      const outgoing = { ...context.outgoing, ...traceOf(span, within, context) };
      return active.with(within, () =>
        settle(
          () => next(request, { ...context, outgoing }),
          (error) => end(span, error, () => true),
        ),
      );
    };
  };
}

function traceOf(span: Span, within: ReturnType<typeof active.active>, { metadata }: Context): Metadata {
  const carrier: Record<string, string> = {};
  if (isSpanContextValid(span.spanContext())) propagation.inject(within, carrier);
  if (carrier.traceparent !== undefined) return carrier;
  const { traceparent, tracestate } = metadata;
  return { ...(traceparent !== undefined && { traceparent }), ...(tracestate !== undefined && { tracestate }) };
}

/** Names of OpenTelemetry's semantic conventions for RPC. */
function attributesOf(method: string) {
  return { 'rpc.system.name': 'grpc', 'rpc.method': method };
}

function end(span: Span, error: unknown, isFault: (code: Code) => boolean): void {
  const status = error === undefined ? undefined : StatusError.from(error);
  span.setAttribute('rpc.response.status_code', status?.code.toUpperCase() ?? 'OK');
  if (status !== undefined && isFault(status.code)) {
    span.setStatus({ code: SpanStatusCode.ERROR, message: status.message });
  }
  span.end();
}
