import type { Metadata as GrpcMetadata, ServerErrorResponse, ServerUnaryCall } from '@grpc/grpc-js';
import { abortAt, type Context, type Logger, StatusError, whyGone } from '@ko/endpoint';
import { requestIdOf } from '../request-id.ts';
import { fromGrpcMetadata, toGrpcMetadata } from './metadata.ts';
import { toGrpcStatus } from './status.ts';

/** What calls of all kinds have in common. */
interface GrpcCall extends Pick<
  ServerUnaryCall<Buffer, Buffer>,
  'metadata' | 'getDeadline' | 'getPeer' | 'sendMetadata'
> {
  once(event: 'cancelled', listener: () => void): unknown;
}

/** One call that a server answers. */
export class ServerCall {
  readonly context: Context;
  readonly #call: GrpcCall;
  readonly #domain: string;
  readonly #timer: NodeJS.Timeout | undefined;
  #answered = false;

  constructor(call: GrpcCall, domain: string, log: Logger) {
    const controller = new AbortController();
    const metadata = fromGrpcMetadata(call.metadata);
    const end = Number(call.getDeadline());
    const deadline = Number.isFinite(end) ? end : undefined;
    this.#call = call;
    this.#domain = domain;
    this.context = {
      requestId: requestIdOf(metadata['x-request-id']),
      signal: controller.signal,
      deadline,
      peer: metadata['x-client-address'] ?? peerOf(call),
      metadata,
      outgoing: {},
      reply: new Map(),
      log,
    };
    // grpc-js does not tell of a call that ended while its request was read, so the deadline has a timer of its own.
    this.#timer = abortAt(deadline, controller);
    // It tells so after every call, too.
    call.once('cancelled', () => {
      if (this.#answered) return;
      clearTimeout(this.#timer);
      controller.abort(whyGone(deadline));
    });
  }

  /** Sends the metadata of the answer, ahead of its first message. */
  sendReply(): void {
    this.#call.sendMetadata(toGrpcMetadata(this.context.reply));
  }

  /** Says that the call is answered: a caller who goes now has all. */
  answered(): void {
    this.#answered = true;
    clearTimeout(this.#timer);
  }

  /** The failure as grpc-js sends it, and ends the call. Only a StatusError tells the caller what happened. */
  failure(error: unknown): ServerErrorResponse {
    this.answered();
    const status = StatusError.from(error);
    const origin = { domain: this.#domain, requestId: this.context.requestId };
    return { name: status.name, message: status.message, ...toGrpcStatus(status, this.#trailers(), origin) };
  }

  #trailers(): GrpcMetadata {
    try {
      return toGrpcMetadata(this.context.reply);
    } catch (error) {
      this.context.log.error({ err: error }, 'the metadata of an answer cannot be sent');
      return toGrpcMetadata([]);
    }
  }
}

/** The address of who calls, without the port. */
export function peerOf(call: Pick<GrpcCall, 'getPeer'>): string {
  return call.getPeer().replace(/:\d+$/, '');
}
