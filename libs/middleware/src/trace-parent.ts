import { randomHex } from '@ko/endpoint';

/**
 * Which span a request is part of, as it travels: the `traceparent` of W3C Trace Context, in its version 00. Tracing puts
 * it into the `outgoing` of a context, where all that wants to name the trace finds it.
 */
export type TraceParent = string;

const valid = /^(?!ff)[\da-f]{2}-(?!0{32})[\da-f]{32}-(?!0{16})[\da-f]{16}-[\da-f]{2}(?:$|-)/;

/** The value if it is one, in the version that we speak; undefined when it is none. */
export function parseTraceParent(value: string | undefined): TraceParent | undefined {
  if (value === undefined || !valid.test(value)) return undefined;
  if (value.startsWith('00')) return value.length === 55 ? value : undefined;
  return `00${value.slice(2, 55)}`;
}

export function traceIdOf(parent: TraceParent): string {
  return parent.slice(3, 35);
}

export function spanIdOf(parent: TraceParent): string {
  return parent.slice(36, 52);
}

/** Whether the trace is kept: its lowest flag. */
export function isKept(parent: TraceParent): boolean {
  return (Number.parseInt(parent.slice(53), 16) & 1) === 1;
}

/** A trace that begins here, of which nothing is kept. */
export function newTraceParent(): TraceParent {
  return `00-${randomHex(32)}-${randomHex(16)}-00`;
}
