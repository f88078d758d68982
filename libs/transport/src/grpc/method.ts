import {
  create,
  fromBinary,
  toBinary,
  type DescMessage,
  type DescMethod,
  type Message,
  type MessageInitShape,
} from '@bufbuild/protobuf';
import type { MethodDefinition } from '@grpc/grpc-js';

/** A method as grpc-js knows it. Messages stay bytes there: who calls or serves decodes them, and reports what fails. */
export function definitionOf({ parent, name, methodKind }: DescMethod): MethodDefinition<Buffer, Buffer> {
  return {
    path: `/${parent.typeName}/${name}`,
    requestStream: methodKind === 'client_streaming' || methodKind === 'bidi_streaming',
    responseStream: methodKind === 'server_streaming' || methodKind === 'bidi_streaming',
    requestSerialize: asIs,
    requestDeserialize: asIs,
    responseSerialize: asIs,
    responseDeserialize: asIs,
  };
}

export function asIs(bytes: Buffer): Buffer {
  return bytes;
}

export function encode(schema: DescMessage, value: unknown): Buffer {
  // Endpoints are typed by their method, which the handling of all methods alike does not show.
  const { buffer, byteOffset, byteLength } = toBinary(schema, create(schema, value as MessageInitShape<DescMessage>));
  return Buffer.from(buffer, byteOffset, byteLength);
}

export function decode(schema: DescMessage, { buffer, byteOffset, byteLength }: Buffer): Message {
  // Fields of bytes are views of what they are read from: of a Buffer they would be Buffers.
  return fromBinary(schema, new Uint8Array(buffer, byteOffset, byteLength));
}
