import {
  type Context,
  deadlineExceeded,
  lateAt,
  listen,
  type Metadata,
  reasonOf,
  StatusError,
  unlisten,
  type Waiting,
} from '@ko/endpoint';
import { addEntry } from '../metadata.ts';
import type { FrameFields } from './batch-writer.ts';

/** What is called. */
export interface Callable {
  /** Its full name, as it stands in frames. */
  readonly method: string;
  /** What messages call it. */
  readonly contract: string;
  /** Reads an answer. */
  readonly decode: (message: Buffer) => unknown;
}

const nobody = (): void => {};

/** One call that is made, until it is over: its alarm has it when it is late, and it listens to its caller's signal. */
export class PendingCall implements Waiting {
  readonly id: number;
  readonly at: number;
  place = -1;
  readonly answer: Promise<unknown>;
  /** Whether the other end knows of it. */
  isSent = false;
  readonly #callable: Callable;
  readonly #context: Context;
  readonly #givenUp: (call: PendingCall) => void;
  readonly #pieces: Buffer[] = [];
  #received = 0;
  #resolve: (answer: unknown) => void = nobody;
  #reject: (error: unknown) => void = nobody;

  /** `givenUp` is called when nobody waits for the answer any more. */
  constructor(id: number, callable: Callable, context: Context, givenUp: (call: PendingCall) => void) {
    this.id = id;
    this.at = lateAt(context.deadline);
    this.#callable = callable;
    this.#context = context;
    this.#givenUp = givenUp;
    this.answer = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
    listen(context.signal, this);
  }

  /** Milliseconds until its deadline; Infinity without one. */
  get timeLeft(): number {
    return timeUntil(this.#context.deadline);
  }

  /** The caller's signal has aborted. */
  handleEvent(): void {
    this.giveUp(reasonOf(this.#context.signal));
  }

  late(): void {
    this.giveUp(deadlineExceeded());
  }

  giveUp(reason: StatusError): void {
    this.#givenUp(this);
    this.fail(reason);
  }

  /** Adds a piece of the answer. Returns false when that makes it larger than `limit`. */
  addPiece(piece: Buffer, limit: number): boolean {
    this.#received += piece.byteLength;
    this.#pieces.push(piece);
    return this.#received <= limit;
  }

  /** All pieces of the answer have come. */
  finish(metadata: Metadata): void {
    this.#leave(metadata);
    try {
      this.#resolve(this.#callable.decode(this.#message));
    } catch (error) {
      this.#reject(error);
    }
  }

  fail(error: unknown, metadata: Metadata = {}): void {
    this.#leave(metadata);
    this.#reject(error);
  }

  /** The other end cannot be heard any more. */
  lose(cause: unknown): void {
    const message = `${this.#callable.contract} cannot be reached`;
    this.fail(new StatusError('unavailable', message, { reason: 'UNREACHABLE', cause }));
  }

  get #message(): Buffer {
    const [only] = this.#pieces.length === 1 ? this.#pieces : [];
    return only ?? Buffer.concat(this.#pieces);
  }

  #leave(metadata: Metadata): void {
    unlisten(this.#context.signal, this);
    for (const name in metadata) this.#context.reply.set(name, metadata[name] ?? '');
  }
}

/**
 * What a request says of itself, and the message. Throws `invalid_argument` where metadata cannot be sent, and
 * `deadline_exceeded` when there is no time left.
 */
export function requestFields({ method }: Callable, message: Uint8Array, context: Context): FrameFields {
  const { outgoing, requestId, peer, deadline } = context;
  const left = timeUntil(deadline);
  if (left <= 0) throw deadlineExceeded();
  const metadata: string[] = [];
  for (const name in outgoing) addEntry(metadata, name, outgoing[name] ?? '');
  addEntry(metadata, 'x-request-id', requestId);
  if (peer !== '') addEntry(metadata, 'x-client-address', peer);
  return { method, timeout: timeoutOf(left), metadata, message };
}

/** Milliseconds that are left, as frames have them: 0 without a deadline. */
export function timeoutOf(left: number): number {
  return left === Infinity ? 0 : Math.min(Math.ceil(left), 2 ** 32 - 1);
}

function timeUntil(deadline: number | undefined): number {
  return deadline === undefined ? Infinity : deadline - Date.now();
}
