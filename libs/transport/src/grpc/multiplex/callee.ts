import { status, type ServerDuplexStream } from '@grpc/grpc-js';
import { Frame_Kind as Kind } from '@ko/contracts/transport';
import { Alarms, StatusError, whyGone, type Logger } from '@ko/endpoint';
import { requestOf, responseOf, type Route } from '../handlers.ts';
import { addEntry } from '../metadata.ts';
import { peerOf } from '../server-call.ts';
import { toStatusBytes } from '../status.ts';
import { MalformedBatch, readBatch } from './batch-reader.ts';
import { roomFor } from './batch-writer.ts';
import { CallTable } from './call-table.ts';
import type { Frame } from './frame.ts';
import { maxBatch, maxCalls, maxFrame } from './limits.ts';
import { Outbox } from './outbox.ts';
import { ServedCall, type Surroundings } from './served-call.ts';

export interface CalleeOptions {
  /** The unary methods, by their full names. */
  readonly routes: ReadonlyMap<string, Route>;
  readonly log: Logger;
  /** Told when the stream has ended. */
  readonly over: () => void;
}

/** The end of a multiplexed stream that serves calls. */
export class Callee {
  readonly #stream: ServerDuplexStream<Buffer, Buffer>;
  readonly #outbox: Outbox;
  readonly #options: CalleeOptions;
  readonly #surroundings: Surroundings;
  readonly #calls = new CallTable<ServedCall>();
  readonly #alarms = new Alarms();
  #isComplete = false;
  #isLost = false;

  constructor(stream: ServerDuplexStream<Buffer, Buffer>, options: CalleeOptions) {
    this.#stream = stream;
    this.#options = options;
    this.#outbox = new Outbox(stream, stream);
    this.#surroundings = {
      peer: peerOf(stream),
      log: options.log,
      late: (call, reason) => this.#fail(call, reason),
    };
    stream.on('data', (bytes: Buffer) => this.#read(bytes));
    stream.once('end', () => {
      this.#isComplete = true;
      this.#endIfIdle();
    });
    stream.once('cancelled', () => this.#lose());
    stream.once('close', () => this.#lose());
    this.#outbox.add(Kind.SETTINGS, 0, { maxCalls });
  }

  /** Asks for no more calls. Those that come all the same are served. */
  drain(): void {
    this.#outbox.add(Kind.DRAIN, 0);
  }

  #read(bytes: Buffer): void {
    if (this.#isLost) return;
    try {
      for (const frame of readBatch(bytes)) this.#receive(frame);
    } catch (error) {
      this.#options.log.warn({ err: error, peer: this.#surroundings.peer }, 'a multiplexed stream brings no frames');
      this.#lose();
      this.#stream.emit('error', { code: status.INVALID_ARGUMENT, details: 'this is no batch of frames' });
    }
  }

  #receive(frame: Frame): void {
    if (frame.kind === Kind.REQUEST) {
      if (this.#calls.get(frame.call) !== undefined) throw new MalformedBatch('a number is in use');
      void this.#serve(frame);
    } else if (frame.kind === Kind.CANCEL) this.#cancel(frame.call);
    else if (frame.kind === Kind.PING) this.#outbox.add(Kind.PONG, 0);
  }

  async #serve(frame: Frame): Promise<void> {
    const call = new ServedCall(frame, this.#surroundings);
    const hasRoom = this.#calls.size < maxCalls;
    this.#calls.add(call);
    if (call.at !== Infinity) this.#alarms.add(call);
    const { context } = call;
    try {
      if (!hasRoom) throw new StatusError('resource_exhausted', 'more calls than one stream may have at once');
      const route = this.#options.routes.get(frame.method);
      if (route === undefined) throw new StatusError('unimplemented', `there is no method ${frame.method}`);
      const response = responseOf(route, await route.endpoint(requestOf(route, frame.message), context), context);
      const metadata = replyOf(call);
      if (this.#leave(call)) this.#outbox.answer(call.id, metadata, response);
    } catch (error) {
      this.#fail(call, error);
    } finally {
      this.#endIfIdle();
    }
  }

  /** Tells why a call has failed, unless it is over already. Only a StatusError tells what happened. */
  #fail(call: ServedCall, error: unknown): void {
    if (!this.#leave(call)) return;
    const origin = { domain: call.contract, requestId: call.context.requestId };
    const bytes = toStatusBytes(StatusError.from(error), origin);
    this.#outbox.add(Kind.FAILURE, call.id, { metadata: replyOrNone(call), status: bytes });
  }

  #cancel(id: number): void {
    const call = this.#calls.get(id);
    this.#outbox.forget(id);
    if (call === undefined) return;
    this.#leave(call);
    call.abort(whyGone(call.context.deadline));
    this.#endIfIdle();
  }

  /** Returns false when the call was over before. */
  #leave(call: ServedCall): boolean {
    this.#alarms.delete(call);
    return this.#calls.delete(call);
  }

  /** The caller makes no more calls, and all are answered. */
  #endIfIdle(): void {
    if (!this.#isComplete || this.#calls.size > 0) return;
    this.#outbox.end();
  }

  /** Nobody can be answered any more. */
  #lose(): void {
    this.#isLost = true;
    this.#outbox.close();
    for (const call of this.#calls.toArray()) {
      this.#leave(call);
      call.abort(whyGone(call.context.deadline));
    }
    this.#options.over();
  }
}

/** What goes back with an answer. Throws `invalid_argument` where it cannot be sent, `resource_exhausted` where it is too large. */
function replyOf({ context }: ServedCall): readonly string[] {
  const metadata: string[] = [];
  for (const [name, value] of context.reply) addEntry(metadata, name, value);
  if (metadata.length > 0 && roomFor({ metadata }) > maxBatch - maxFrame) {
    throw new StatusError('resource_exhausted', 'the metadata of the answer are larger than a batch takes');
  }
  return metadata;
}

function replyOrNone(call: ServedCall): readonly string[] {
  try {
    return replyOf(call);
  } catch (error) {
    call.context.log.error({ err: error }, 'the metadata of an answer cannot be sent');
    return [];
  }
}
