import type {
  CallOptions,
  ClientDuplexStream,
  ClientReadableStream,
  ClientUnaryCall,
  ClientWritableStream,
  Metadata as GrpcMetadata,
  ServiceError,
} from '@grpc/grpc-js';
import type { DescMessage, DescMethod } from '@bufbuild/protobuf';
import { once } from 'node:events';
import { setImmediate as turn } from 'node:timers/promises';
import { abortable, type Context, reasonOf, StatusError } from '@ko/endpoint';
import { decoderOf } from '../codec/decoder.ts';
import { encoding } from './method.ts';
import { fromGrpcMetadata, toGrpcMetadata } from './metadata.ts';
import { fromGrpcStatus } from './status.ts';

type GrpcCall =
  ClientUnaryCall | ClientReadableStream<Buffer> | ClientWritableStream<Buffer> | ClientDuplexStream<Buffer, Buffer>;

/**
 * Messages of a stream that are sent in one turn of the event loop. grpc-js takes a megabyte before it makes anybody wait: a
 * source that always has one more would keep all else in the process from its turn until then.
 */
const perTurn = 16;

/** One call that a client makes: cancelled with its context, and forgotten by it when over. */
export class ClientCall {
  readonly metadata: GrpcMetadata;
  readonly options: CallOptions;
  readonly #method: DescMethod;
  readonly #context: Context;
  readonly #over = new AbortController();
  #unsent: unknown;

  constructor(method: DescMethod, context: Context) {
    const { outgoing, requestId, deadline, peer } = context;
    this.#method = method;
    this.#context = context;
    this.metadata = toGrpcMetadata([
      ...Object.entries(outgoing),
      ['x-request-id', requestId],
      ...(peer === '' ? [] : [['x-client-address', peer] as const]),
    ]);
    this.options = deadline === undefined ? {} : { deadline };
  }

  /** The call, as soon as it has begun. */
  follow<C extends GrpcCall>(call: C): C {
    const { signal } = this.#context;
    const cancel = (): void => call.cancel();
    signal.addEventListener('abort', cancel, { once: true });
    call.on('metadata', (metadata: GrpcMetadata) => this.#receive(metadata));
    call.on('status', ({ metadata }) => {
      signal.removeEventListener('abort', cancel);
      this.#receive(metadata);
      this.#over.abort();
    });
    return call;
  }

  request(message: unknown): Buffer {
    return encoding(this.#method.input)(message);
  }

  /** Sends the messages as fast as the callee takes them. When they fail, so does the call. */
  async send(stream: ClientWritableStream<Buffer>, messages: AsyncIterable<unknown>): Promise<void> {
    const { signal } = this.#over;
    let sent = 0;
    try {
      for await (const message of abortable(messages, signal)) {
        if (!stream.write(this.request(message))) await once(stream, 'drain', { signal });
        if (++sent % perTurn === 0) await turn(undefined, { signal });
      }
      stream.end();
    } catch (error) {
      // The callee may answer before it has read all: then nobody wants the rest.
      if (signal.aborted) return;
      this.#unsent = error;
      stream.cancel();
    }
  }

  response(bytes: Buffer): unknown {
    return decoding(this.#method.output)(bytes);
  }

  /** The messages that come. It rejects when the call fails before the first could come. */
  async receive(stream: ClientReadableStream<Buffer>): Promise<AsyncIterable<unknown>> {
    let failure: ServiceError | undefined;
    stream.on('error', (error: ServiceError) => {
      failure = error;
    });
    await new Promise((resolve) => {
      stream.once('metadata', resolve);
      stream.once('status', resolve);
    });
    if (failure !== undefined) throw this.failure(failure);

    // grpc-js drops what is unread when a stream fails, so it reads ahead.
    stream.read(0);
    const messages = async function* (this: ClientCall): AsyncGenerator {
      try {
        for await (const bytes of stream as AsyncIterable<Buffer>) yield this.response(bytes);
      } catch (error) {
        throw this.failure(failure ?? error);
      }
      // A failure that came before the reader did is not thrown by the stream.
      if (failure !== undefined) throw this.failure(failure);
    };
    return abortable(messages.call(this), this.#context.signal, (end) => {
      if (end !== 'ended') stream.cancel();
    });
  }

  /** Why the call failed. */
  failure(error: unknown): unknown {
    if (this.#unsent !== undefined) return this.#unsent;
    if (this.#context.signal.aborted) return reasonOf(this.#context.signal);
    const { typeName } = this.#method.parent;
    if (isServiceError(error)) return fromGrpcStatus(error, typeName);
    if (error instanceof StatusError) return error;
    return new StatusError('unavailable', `${typeName} cannot be reached`, { reason: 'UNREACHABLE', cause: error });
  }

  #receive(metadata: GrpcMetadata): void {
    for (const [name, value] of Object.entries(fromGrpcMetadata(metadata))) this.#context.reply.set(name, value);
  }
}

/** Reads the messages of responses. Throws `internal` when the bytes are none. */
export function decoding(schema: DescMessage): (bytes: Buffer) => unknown {
  const decode = decoderOf(schema);
  return (bytes) => {
    try {
      return decode(bytes);
    } catch (cause) {
      throw new StatusError('internal', `the response is no ${schema.typeName}`, { cause });
    }
  };
}

function isServiceError(error: unknown): error is ServiceError {
  return error instanceof Error && 'code' in error && typeof error.code === 'number' && 'metadata' in error;
}
