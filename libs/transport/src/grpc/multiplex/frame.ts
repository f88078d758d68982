import type { Metadata } from '@ko/endpoint';

/** One step of one call, or of the stream itself: `ko.transport.v1.Frame`, read. */
export interface Frame {
  readonly kind: number;
  /** Which call it is about; 0 for the stream itself. */
  readonly call: number;
  readonly method: string;
  /** Milliseconds that the caller waits; 0 without a deadline. */
  readonly timeout: number;
  readonly metadata: Metadata;
  readonly message: Buffer;
  /** A `google.rpc.Status`. */
  readonly status: Buffer;
  readonly maxCalls: number;
}

/** Keys of protobuf's wire format, each of a field's number and its type. */
export const key = {
  frame: 0x0a,
  kind: 0x08,
  call: 0x10,
  method: 0x1a,
  timeout: 0x20,
  metadata: 0x2a,
  message: 0x32,
  status: 0x3a,
  maxCalls: 0x40,
  name: 0x0a,
  value: 0x12,
} as const;
