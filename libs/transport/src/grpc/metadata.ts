import { Metadata as GrpcMetadata } from '@grpc/grpc-js';
import { StatusError, type Metadata } from '@ko/endpoint';

/** Headers of gRPC itself, and those of a connection, which HTTP/2 forbids (RFC 9113, 8.2.2): they say nothing to an endpoint. */
const own = new Set([
  'accept-encoding',
  'connection',
  'content-type',
  'date',
  'host',
  'http2-settings',
  'keep-alive',
  'proxy-connection',
  'te',
  'transfer-encoding',
  'upgrade',
]);

const validName = /^[0-9a-z_.-]+$/;
const validValue = /^[ -~]*$/;

/** Metadata for the wire; values of names in `-bin` are base64. Throws `invalid_argument` when something cannot be sent. */
export function toGrpcMetadata(entries: Iterable<readonly [name: string, value: string]>): GrpcMetadata {
  const metadata = new GrpcMetadata();
  for (const [name, value] of entries) {
    const lowered = name.toLowerCase();
    if (isOwn(lowered)) continue;
    try {
      metadata.set(lowered, lowered.endsWith('-bin') ? Buffer.from(value, 'base64') : value);
    } catch (cause) {
      throw malformed(name, cause);
    }
  }
  return metadata;
}

/** Adds metadata to a list of names and values in turn, as frames have it. Throws `invalid_argument` when it cannot be sent. */
export function addEntry(entries: string[], name: string, value: string): void {
  const sent = usual.has(name) ? name : nameOnTheWire(name);
  if (sent === undefined) return;
  if (!validValue.test(value)) throw malformed(name);
  entries.push(sent, value);
}

/** Names that are sent as they are: those that come with most calls, and have been looked at before. */
const usual = new Set<string>();
const mostUsual = 64;

/** A name as it is sent; undefined for one of gRPC's own. */
function nameOnTheWire(name: string): string | undefined {
  const lowered = name.toLowerCase();
  if (isOwn(lowered)) return undefined;
  if (!validName.test(lowered)) throw malformed(name);
  if (lowered === name && usual.size < mostUsual) usual.add(name);
  return lowered;
}

/** Metadata from the wire: values that came more than once are joined with `, `, bytes are base64. */
export function fromGrpcMetadata(metadata: GrpcMetadata): Metadata {
  const entries = Object.entries(metadata.toJSON()).filter(([name]) => !isOwn(name));
  return Object.fromEntries(entries.map(([name, values]) => [name, values.map(textOf).join(', ')]));
}

function isOwn(name: string): boolean {
  return own.has(name) || name.startsWith('grpc-');
}

function malformed(name: string, cause?: unknown): StatusError {
  const message = `metadata ${JSON.stringify(name)} cannot be sent: names and values are printable ASCII`;
  return new StatusError('invalid_argument', message, { reason: 'MALFORMED_METADATA', cause });
}

function textOf(value: string | Buffer): string {
  return typeof value === 'string' ? value : value.toString('base64');
}
