import type { SpanContext } from '@opentelemetry/api';
import { parseTraceParent } from '@opentelemetry/core';

/** The header, draft of W3C Trace Context Level 2, by which an edge tells its callers which trace is theirs. */
export const traceResponse = 'traceresponse';

/** Its value for a span. */
export function traceResponseOf({ traceId, spanId, traceFlags }: SpanContext): string {
  return `00-${traceId}-${spanId}-${traceFlags.toString(16).padStart(2, '0')}`;
}

/** The span that a value names; undefined when it names none. */
export function parseTraceResponse(value: unknown): SpanContext | undefined {
  return typeof value === 'string' ? (parseTraceParent(value) ?? undefined) : undefined;
}
