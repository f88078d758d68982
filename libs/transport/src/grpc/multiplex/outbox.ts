import type { Readable, Writable } from 'node:stream';
import { Frame_Kind as Kind } from '@ko/contracts/transport';
import { BatchWriter, roomFor, type FrameFields } from './batch-writer.ts';
import { maxBatch, maxFrame, maxHeld } from './limits.ts';

/** Batches that may be under way at once. What comes meanwhile gathers in the next: the busier the stream, the larger they are. */
const maxWrites = 2;

/** Bytes that a batch begins with: enough for most. */
const firstSize = 4 * 1024;

/** An answer of which pieces are still to be sent. */
interface Remainder {
  readonly call: number;
  readonly metadata: readonly string[];
  rest: Uint8Array;
}

/**
 * Sends frames on a stream: all that come in one turn of the event loop in one batch, no more batches than the other end
 * reads, and of large answers a piece at a time, each in turn, so that they hold up nobody.
 */
export class Outbox {
  readonly #stream: Writable;
  readonly #source: Readable | undefined;
  readonly #batches: BatchWriter[] = [];
  readonly #remainders: Remainder[] = [];
  /** Bytes of all batches and remainders. */
  #held = 0;
  #writes = 0;
  #isScheduled = false;
  #isEnding = false;
  #isClosed = false;

  /** `source` is what brings the work, and is not read while too much waits to be sent. */
  constructor(stream: Writable, source?: Readable) {
    this.#stream = stream;
    this.#source = source;
  }

  /** Whether so much waits to be sent that no more is to come. */
  get isFull(): boolean {
    return this.#held > maxHeld;
  }

  add(kind: Kind, call: number, fields?: FrameFields): void {
    if (this.#isClosed) return;
    const room = roomFor(fields);
    let batch = this.#batches.at(-1);
    if (batch === undefined || batch.size + room > maxBatch) {
      batch = new BatchWriter(firstSize);
      this.#batches.push(batch);
    }
    const before = batch.size;
    batch.add(kind, call, fields, room);
    this.#hold(batch.size - before);
    this.#schedule();
  }

  /** Sends the answer of a call, in pieces where it is large. */
  answer(call: number, metadata: readonly string[], message: Uint8Array): void {
    if (message.byteLength <= maxFrame) {
      this.add(Kind.RESPONSE, call, { metadata, message });
      return;
    }
    this.#remainders.push({ call, metadata, rest: message });
    this.#hold(message.byteLength);
    this.#schedule();
  }

  /** Sends no more pieces of a call. */
  forget(call: number): void {
    const index = this.#remainders.findIndex((remainder) => remainder.call === call);
    const remainder = this.#remainders[index];
    if (remainder === undefined) return;
    this.#remainders.splice(index, 1);
    this.#release(remainder.rest.byteLength);
  }

  /** Ends the stream when all is sent. */
  end(): void {
    this.#isEnding = true;
    this.#schedule();
  }

  /** Sends nothing any more. */
  close(): void {
    this.#isClosed = true;
    this.#batches.length = this.#remainders.length = this.#held = 0;
  }

  #hold(bytes: number): void {
    this.#held += bytes;
    if (this.isFull) this.#source?.pause();
  }

  #release(bytes: number): void {
    this.#held -= bytes;
    if (!this.isFull && this.#source?.isPaused() === true) this.#source.resume();
  }

  #schedule(): void {
    if (this.#isScheduled) return;
    this.#isScheduled = true;
    setImmediate(this.#flush);
  }

  readonly #flush = (): void => {
    this.#isScheduled = false;
    while (!this.#isClosed && this.#writes < maxWrites) {
      this.#addPiece();
      const batch = this.#batches.shift();
      if (batch === undefined) break;
      this.#release(batch.size);
      this.#writes++;
      this.#stream.write(batch.finish(), this.#written);
    }
    if (this.#isEnding && !this.#isClosed && this.#batches.length === 0 && this.#remainders.length === 0) {
      this.close();
      this.#stream.end();
    }
  };

  readonly #written = (): void => {
    this.#writes--;
    if (this.#batches.length > 0 || this.#remainders.length > 0) this.#schedule();
  };

  /** Adds one piece of one answer: the next batch that is sent has it. */
  #addPiece(): void {
    const remainder = this.#remainders.shift();
    if (remainder === undefined) return;
    const { call, metadata, rest } = remainder;
    const message = rest.subarray(0, maxFrame);
    remainder.rest = rest.subarray(maxFrame);
    this.#held -= message.byteLength;
    if (remainder.rest.byteLength === 0) {
      this.add(Kind.RESPONSE, call, { metadata, message });
    } else {
      this.add(Kind.PART, call, { message });
      this.#remainders.push(remainder);
    }
  }
}
