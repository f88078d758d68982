import type { Frame_Kind as Kind } from '@ko/contracts/transport';
import { key } from './frame.ts';

/** What a frame has besides its kind and call; fields that are absent or empty are not written. */
export interface FrameFields {
  readonly method?: string;
  readonly timeout?: number;
  /** Names and values, in turn: ASCII. */
  readonly metadata?: readonly string[];
  readonly message?: Uint8Array;
  readonly status?: Uint8Array;
  readonly maxCalls?: number;
}

const nothing = Buffer.alloc(0);
const noFields: FrameFields = {};
const none: readonly string[] = [];

/** Texts of up to so many characters are copied one by one, which is cheaper than a call of the runtime. */
const shortText = 40;

/** Bytes that the length of a frame takes, whatever it is: it is known only when the frame is written. */
const lengthSize = 4;

/** Puts frames together to a batch: `ko.transport.v1.Batch`, written by hand because every call passes here twice. */
export class BatchWriter {
  #bytes: Buffer;
  #end = 0;

  /** `size` is the bytes to begin with; there is room for more. */
  constructor(size: number) {
    this.#bytes = Buffer.allocUnsafe(size);
  }

  /** Bytes that have been written. */
  get size(): number {
    return this.#end;
  }

  /** `room` is what the frame needs. */
  add(kind: Kind, call: number, fields = noFields, room = roomFor(fields)): void {
    const { method = '', timeout = 0, metadata = none, message = nothing, status = nothing, maxCalls = 0 } = fields;
    this.#reserve(room);

    this.#bytes[this.#end++] = key.frame;
    const start = (this.#end += lengthSize);
    this.#number(key.kind, kind);
    if (call !== 0) this.#number(key.call, call);
    if (method !== '') this.#text(key.method, method);
    if (timeout !== 0) this.#number(key.timeout, timeout);
    for (let i = 0; i < metadata.length; i += 2) this.#entry(metadata[i] ?? '', metadata[i + 1] ?? '');
    if (message.byteLength > 0) this.#block(key.message, message);
    if (status.byteLength > 0) this.#block(key.status, status);
    if (maxCalls !== 0) this.#number(key.maxCalls, maxCalls);
    this.#setLength(start - lengthSize, this.#end - start);
  }

  /** The batch. The writer is not to be used any more. */
  finish(): Buffer {
    return this.#bytes.subarray(0, this.#end);
  }

  #reserve(size: number): void {
    if (this.#end + size <= this.#bytes.byteLength) return;
    const larger = Buffer.allocUnsafe(Math.max(2 * this.#bytes.byteLength, this.#end + size));
    this.#bytes.copy(larger, 0, 0, this.#end);
    this.#bytes = larger;
  }

  #varint(value: number): void {
    let rest = value;
    while (rest > 0x7f) {
      this.#bytes[this.#end++] = (rest & 0x7f) | 0x80;
      rest >>>= 7;
    }
    this.#bytes[this.#end++] = rest;
  }

  #number(of: number, value: number): void {
    this.#bytes[this.#end++] = of;
    this.#varint(value);
  }

  /** ASCII: as many bytes as characters. */
  #text(of: number, text: string): void {
    const { length } = text;
    this.#number(of, length);
    const bytes = this.#bytes;
    const start = this.#end;
    if (length > shortText) bytes.write(text, start, 'latin1');
    else for (let index = 0; index < length; index++) bytes[start + index] = text.charCodeAt(index);
    this.#end = start + length;
  }

  #entry(name: string, value: string): void {
    this.#number(key.metadata, 2 + sizeOf(name.length) + name.length + sizeOf(value.length) + value.length);
    this.#text(key.name, name);
    this.#text(key.value, value);
  }

  #block(of: number, block: Uint8Array): void {
    this.#number(of, block.byteLength);
    this.#bytes.set(block, this.#end);
    this.#end += block.byteLength;
  }

  /** A varint of a fixed size, as all readers take it, though it could be shorter. */
  #setLength(at: number, length: number): void {
    let rest = length;
    for (let i = 0; i < lengthSize - 1; i++) {
      this.#bytes[at + i] = (rest & 0x7f) | 0x80;
      rest >>>= 7;
    }
    this.#bytes[at + lengthSize - 1] = rest;
  }
}

/** Bytes that a frame needs at most. */
export function roomFor(fields = noFields): number {
  const { method = '', metadata = none, message = nothing, status = nothing } = fields;
  let room = 64 + method.length + message.byteLength + status.byteLength;
  for (const text of metadata) room += 16 + text.length;
  return room;
}

/** Bytes of a length as a varint. */
function sizeOf(length: number): number {
  return length < 0x80 ? 1 : length < 0x4000 ? 2 : length < 0x200000 ? 3 : 4;
}
