import { Metadata as GrpcMetadata } from '@grpc/grpc-js';
import { StatusError, type Metadata } from '@ko/endpoint';

/** Headers of gRPC itself, which say nothing to an endpoint. */
const own = new Set(['content-type', 'date', 'te', 'accept-encoding']);

/** Metadata for the wire; values of names in `-bin` are base64. Throws `invalid_argument` when something cannot be sent. */
export function toGrpcMetadata(entries: Iterable<readonly [name: string, value: string]>): GrpcMetadata {
  const metadata = new GrpcMetadata();
  for (const [name, value] of entries) {
    try {
      metadata.set(name, name.toLowerCase().endsWith('-bin') ? Buffer.from(value, 'base64') : value);
    } catch (cause) {
      const message = `metadata ${JSON.stringify(name)} cannot be sent: names and values are printable ASCII`;
      throw new StatusError('invalid_argument', message, { reason: 'MALFORMED_METADATA', cause });
    }
  }
  return metadata;
}

/** Metadata from the wire: values that came more than once are joined with `, `, bytes are base64. */
export function fromGrpcMetadata(metadata: GrpcMetadata): Metadata {
  const entries = Object.entries(metadata.toJSON()).filter(([name]) => !own.has(name) && !name.startsWith('grpc-'));
  return Object.fromEntries(entries.map(([name, values]) => [name, values.map(textOf).join(', ')]));
}

function textOf(value: string | Buffer): string {
  return typeof value === 'string' ? value : value.toString('base64');
}
