import type { Metadata } from '@ko/endpoint';
import { key, type Frame } from './frame.ts';
import { maxParts } from './limits.ts';

/** Bytes that are no batch of frames. */
export class MalformedBatch extends Error {
  override readonly name = 'MalformedBatch';
}

/** The last names of methods and of metadata, by their length: most frames have the same. */
const names: (string | undefined)[] = Array.from({ length: 64 });

const noMetadata: Metadata = Object.freeze({});
const noBytes: Buffer = Buffer.alloc(0);

/** The frames of a batch. Throws a MalformedBatch where the bytes are none. Fields that it does not know are passed over. */
export function readBatch(bytes: Buffer): readonly Frame[] {
  const reader = new Reader(bytes);
  const frames: Frame[] = [];
  while (reader.at < bytes.byteLength) {
    const field = reader.varint();
    if (field === key.frame) frames.push(readFrame(reader, reader.endOfPart(bytes.byteLength)));
    else reader.skip(field, bytes.byteLength);
  }
  return frames;
}

function readFrame(reader: Reader, end: number): Frame {
  let kind = 0;
  let call = 0;
  let method = '';
  let timeout = 0;
  let metadata: Record<string, string> | undefined;
  let message = noBytes;
  let status = noBytes;
  let maxCalls = 0;
  while (reader.at < end) {
    const field = reader.varint();
    if (field === key.kind) kind = reader.varint();
    else if (field === key.call) call = reader.varint();
    else if (field === key.method) method = reader.name(end);
    else if (field === key.timeout) timeout = reader.varint();
    else if (field === key.metadata) readEntry(reader, reader.endOfPart(end), (metadata ??= {}));
    else if (field === key.message) message = reader.block(end);
    else if (field === key.status) status = reader.block(end);
    else if (field === key.maxCalls) maxCalls = reader.varint();
    else reader.skip(field, end);
  }
  if (reader.at !== end) throw new MalformedBatch('a frame ends within a field');
  return { kind, call, method, timeout, metadata: metadata ?? noMetadata, message, status, maxCalls };
}

function readEntry(reader: Reader, end: number, metadata: Record<string, string>): void {
  let name = '';
  let value = '';
  while (reader.at < end) {
    const field = reader.varint();
    if (field === key.name) name = reader.name(end);
    else if (field === key.value) value = reader.text(end);
    else reader.skip(field, end);
  }
  if (reader.at !== end) throw new MalformedBatch('an entry of metadata ends within a field');
  // No metadata has the name that would change the object instead.
  if (name !== '__proto__') metadata[name] = value;
}

/** Walks over bytes in protobuf's wire format. */
class Reader {
  at = 0;
  #parts = 0;
  readonly #bytes: Buffer;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  /** A number of 32 bits; more bits are cut off, as protobuf does. */
  varint(): number {
    let value = 0;
    for (let shift = 0; shift < 70; shift += 7) {
      const byte = this.#bytes[this.at++];
      if (byte === undefined) throw new MalformedBatch('a number is cut off');
      if (shift < 32) value |= (byte & 0x7f) << shift;
      if (byte < 0x80) return value >>> 0;
    }
    throw new MalformedBatch('a number has no end');
  }

  /** Where the frame ends, or the entry of metadata, that begins here. */
  endOfPart(limit: number): number {
    if (++this.#parts > maxParts) throw new MalformedBatch('there is more in a batch than goes in one');
    return this.endOfBlock(limit);
  }

  /** Where the block ends that begins here; not beyond `limit`. */
  endOfBlock(limit: number): number {
    const end = this.varint() + this.at;
    if (end > limit) throw new MalformedBatch('a block is longer than what it is in');
    return end;
  }

  block(limit: number): Buffer {
    const end = this.endOfBlock(limit);
    const block = this.#bytes.subarray(this.at, end);
    this.at = end;
    return block;
  }

  text(limit: number): string {
    return this.#textTo(this.endOfBlock(limit));
  }

  /** A text that comes with many frames: found rather than made, where it is the last one of its length. */
  name(limit: number): string {
    const end = this.endOfBlock(limit);
    const length = end - this.at;
    const known = names[length];
    if (known !== undefined && this.#hasHere(known)) {
      this.at = end;
      return known;
    }
    const name = this.#textTo(end);
    if (length < names.length) names[length] = name;
    return name;
  }

  #textTo(end: number): string {
    const text = this.#bytes.toString('latin1', this.at, end);
    this.at = end;
    return text;
  }

  #hasHere(text: string): boolean {
    for (let index = 0; index < text.length; index++) {
      if (this.#bytes[this.at + index] !== text.charCodeAt(index)) return false;
    }
    return true;
  }

  skip(field: number, limit: number): void {
    const type = field & 7;
    if (type === 0) this.varint();
    else if (type === 1) this.at += 8;
    else if (type === 2) this.at = this.endOfBlock(limit);
    else if (type === 5) this.at += 4;
    else throw new MalformedBatch(`a field has the type ${type}, which there is not`);
    if (this.at > limit) throw new MalformedBatch('a field is longer than what it is in');
  }
}
