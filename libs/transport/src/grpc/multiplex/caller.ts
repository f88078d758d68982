import type { ClientDuplexStream } from '@grpc/grpc-js';
import { Frame_Kind as Kind } from '@ko/contracts/transport';
import { Alarms, type Context, StatusError } from '@ko/endpoint';
import { fromStatusBytes } from '../status.ts';
import { readBatch } from './batch-reader.ts';
import { roomFor, type FrameFields } from './batch-writer.ts';
import { CallTable } from './call-table.ts';
import type { Frame } from './frame.ts';
import { lastCall, maxBatch, maxCalls, maxWaiting } from './limits.ts';
import { Outbox } from './outbox.ts';
import { type Callable, PendingCall, requestFields, timeoutOf } from './pending-call.ts';

export interface CallerOptions {
  /** Bytes of the largest answer. */
  readonly maxMessageSize: number;
  /** Milliseconds without a frame after which the server is asked for a sign of life. As long again, and it counts as lost. */
  readonly keepalive: number;
  /** The number of the last call, for tests: as high as numbers go unless given. */
  readonly lastCall?: number;
  /** Told once when no more calls can be made: with why, where that is not as it should be. */
  readonly over: (fault?: unknown) => void;
}

interface Waiting {
  readonly call: PendingCall;
  readonly fields: FrameFields;
}

/** The end of a multiplexed stream that makes calls. */
export class Caller {
  readonly #stream: ClientDuplexStream<Buffer, Buffer>;
  readonly #outbox: Outbox;
  readonly #options: CallerOptions;
  readonly #calls = new CallTable<PendingCall>();
  readonly #alarms = new Alarms();
  readonly #waiting: Waiting[] = [];
  readonly #pulse: NodeJS.Timeout;
  #lastId = 0;
  #sent = 0;
  /** Calls that may be sent and unanswered: none before the server has said so. */
  #room = 0;
  #isQuiet = false;
  #isOver = false;

  constructor(stream: ClientDuplexStream<Buffer, Buffer>, options: CallerOptions) {
    this.#stream = stream;
    this.#options = options;
    this.#outbox = new Outbox(stream);
    this.#pulse = setInterval(() => this.#feelPulse(), options.keepalive).unref();
    stream.on('data', (bytes: Buffer) => this.#read(bytes));
    stream.on('error', (error) => this.#lose(error));
    stream.on('end', () => this.#lose(new Error('the server has ended the stream')));
  }

  /** Whether calls can be made: not while the server reads none. */
  get isOpen(): boolean {
    return this.#room > 0 && !this.#isOver && !this.#outbox.isFull;
  }

  /** Makes a call, or puts it into the queue; resolves to the answer. Undefined where the request is too large. Only while it is open. */
  call(callable: Callable, message: Uint8Array, context: Context): Promise<unknown> | undefined {
    const fields = requestFields(callable, message, context);
    if (roomFor(fields) > maxBatch) return undefined;
    const hasRoom = this.#sent < this.#room;
    if (!hasRoom && this.#waiting.length >= maxWaiting) throw refused(callable);
    const call = new PendingCall(++this.#lastId, callable, context, this.#givenUp);
    this.#calls.add(call);
    if (call.at !== Infinity) this.#alarms.add(call);
    if (hasRoom) this.#send(call, fields);
    else this.#waiting.push({ call, fields });
    if (call.id === (this.#options.lastCall ?? lastCall)) this.close();
    return call.answer;
  }

  /** Makes no more calls. Those that it has go on to their end. */
  close(): void {
    if (!this.#isOver) {
      this.#isOver = true;
      this.#options.over();
    }
    if (this.#calls.size === 0) this.#outbox.end();
  }

  #send(call: PendingCall, fields: FrameFields): void {
    this.#sent++;
    call.isSent = true;
    this.#outbox.add(Kind.REQUEST, call.id, fields);
  }

  /** Sends a call that has waited. To one whose time is over, its alarm is about to say so. */
  #sendLater({ call, fields }: Waiting): void {
    const left = call.timeLeft;
    if (left > 0) this.#send(call, { ...fields, timeout: timeoutOf(left) });
  }

  readonly #givenUp = (call: PendingCall): void => {
    if (call.isSent) this.#outbox.add(Kind.CANCEL, call.id);
    this.#leave(call);
  };

  /** A call is over: its place is for one that waits. */
  #leave(call: PendingCall): void {
    this.#calls.delete(call);
    this.#alarms.delete(call);
    if (call.isSent) this.#sent--;
    else this.#dequeue(call);
    while (this.#sent < this.#room) {
      const next = this.#waiting.shift();
      if (next === undefined) break;
      this.#sendLater(next);
    }
    if (this.#isOver) this.close();
  }

  #dequeue(call: PendingCall): void {
    const index = this.#waiting.findIndex((waiting) => waiting.call === call);
    if (index >= 0) this.#waiting.splice(index, 1);
  }

  #read(bytes: Buffer): void {
    this.#isQuiet = false;
    try {
      for (const frame of readBatch(bytes)) this.#receive(frame);
    } catch (error) {
      this.#lose(error);
    }
  }

  #receive(frame: Frame): void {
    if (frame.call === 0) {
      this.#obey(frame);
      return;
    }
    const call = this.#calls.get(frame.call);
    // The answer may have been under way when the call was given up.
    if (call === undefined) return;
    if (frame.kind === Kind.FAILURE) {
      this.#leave(call);
      call.fail(fromStatusBytes(frame.status), frame.metadata);
    } else if (frame.kind === Kind.RESPONSE || frame.kind === Kind.PART) {
      this.#receivePiece(call, frame);
    }
  }

  #receivePiece(call: PendingCall, { kind, message, metadata }: Frame): void {
    if (!call.addPiece(message, this.#options.maxMessageSize)) {
      call.giveUp(new StatusError('resource_exhausted', 'the answer is larger than the caller takes'));
    } else if (kind === Kind.RESPONSE) {
      this.#leave(call);
      call.finish(metadata);
    }
  }

  /** Frames about the stream itself. */
  #obey({ kind, maxCalls: room }: Frame): void {
    if (kind === Kind.SETTINGS) this.#room = Math.min(room, maxCalls);
    else if (kind === Kind.DRAIN) this.close();
    else if (kind === Kind.PING) this.#outbox.add(Kind.PONG, 0);
  }

  #feelPulse(): void {
    // What has arrived while this process was busy is read first.
    if (this.#isQuiet) setImmediate(() => this.#isQuiet && this.#lose(new Error('the server gives no sign of life')));
    this.#isQuiet = true;
    this.#outbox.add(Kind.PING, 0);
  }

  /** Nothing more can be heard: calls that are not answered fail. */
  #lose(fault: unknown): void {
    clearInterval(this.#pulse);
    this.#outbox.close();
    this.#stream.cancel();
    const wasOver = this.#isOver;
    this.#isOver = true;
    this.#waiting.length = 0;
    for (const call of this.#calls.toArray()) {
      this.#calls.delete(call);
      this.#alarms.delete(call);
      call.lose(fault);
    }
    if (!wasOver) this.#options.over(fault);
  }
}

/** Those who are refused together must not come back together. */
function refused({ contract }: Callable): StatusError {
  return new StatusError('resource_exhausted', `too many calls of ${contract} wait for their turn`, {
    reason: 'TOO_MANY_CALLS',
    retryAfter: Math.ceil(100 + Math.random() * 900),
  });
}
