import type { DescMessage, DescMethod, MessageInitShape } from '@bufbuild/protobuf';
import type { MethodDefinition } from '@grpc/grpc-js';
import { encoderOf } from '../codec/encoder.ts';

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

/** Makes the bytes of messages, or of what they are made of: endpoints are typed by their method, which codecs of all methods alike do not show. */
export function encoding(schema: DescMessage): (value: unknown) => Buffer {
  const encode = encoderOf(schema);
  return (value) => encode(value as MessageInitShape<DescMessage>);
}
