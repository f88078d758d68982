import type { Metadata as GrpcMetadata, ServerErrorResponse, ServerUnaryCall } from '@grpc/grpc-js';
import { randomUUID } from 'node:crypto';
import { StatusError, type Context, type Logger } from '@ko/endpoint';
import { deadlineExceeded } from '../abort.ts';
import { fromGrpcMetadata, toGrpcMetadata } from './metadata.ts';
import { toGrpcStatus } from './status.ts';

/** Milliseconds by which a caller's clock may end a call before ours does. */
const slack = 50;

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
  #answered = false;

  constructor(call: GrpcCall, domain: string, log: Logger) {
    const controller = new AbortController();
    const metadata = fromGrpcMetadata(call.metadata);
    const deadline = Number(call.getDeadline());
    this.#call = call;
    this.#domain = domain;
    this.context = {
      requestId: requestIdOf(metadata['x-request-id']),
      signal: controller.signal,
      deadline: Number.isFinite(deadline) ? deadline : undefined,
      peer: call.getPeer(),
      metadata,
      outgoing: {},
      reply: new Map(),
      log,
    };
    // grpc-js says so after every call.
    call.once('cancelled', () => {
      if (this.#answered) return;
      const isLate = Date.now() >= deadline - slack;
      controller.abort(isLate ? deadlineExceeded() : new StatusError('cancelled', 'the caller has gone'));
    });
  }

  /** Sends the metadata of the answer, ahead of its first message. */
  sendReply(): void {
    this.#call.sendMetadata(toGrpcMetadata(this.context.reply));
  }

  /** Says that the call is answered: a caller who goes now has all. */
  answered(): void {
    this.#answered = true;
  }

  /** The failure as grpc-js sends it, and ends the call. Only a StatusError tells the caller what happened. */
  failure(error: unknown): ServerErrorResponse {
    this.#answered = true;
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

function requestIdOf(given: string | undefined): string {
  return given !== undefined && /^[\w-]{1,64}$/.test(given) ? given : randomUUID();
}
