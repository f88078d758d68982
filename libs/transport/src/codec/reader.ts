import { Buffer } from 'node:buffer';
import { unusual } from './compilable.ts';

/** As protobuf-es has it: so many messages may lie within one another. */
const maximalDepth = 100;

/** Strings of up to so many bytes are looked at one by one, which is cheaper than a call of the runtime. */
const shortString = 64;
/** Bytes are turned to text in windows of this size, of which short strings are parts. */
const windowSize = 1024;

const word = new DataView(new ArrayBuffer(8));
const strict = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
const replacement = '\ufffd';

/** Reads the bytes of one message after another. Whatever is malformed is unusual. */
export class Reader {
  #buffer: Buffer = Buffer.alloc(0);
  #position = 0;
  #depth = 0;
  #window = '';
  #windowStart = 0;
  #windowEnd = 0;

  /** Starts a message; the result is where it ends. */
  begin(bytes: Uint8Array): number {
    this.#buffer = Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#position = 0;
    this.#depth = 0;
    this.#windowEnd = 0;
    return this.#buffer.length;
  }

  get position(): number {
    return this.#position;
  }

  enter(): void {
    if (++this.#depth > maximalDepth) throw unusual;
  }

  /** Leaves a message, which ends where its last field does. */
  leave(end: number): void {
    if (this.#position !== end) throw unusual;
    this.#depth--;
  }

  /** How many messages may still lie within this one. */
  get remainingDepth(): number {
    return maximalDepth - this.#depth;
  }

  /** The field number and the wire type, which take no more than four bytes. */
  tag(): number {
    const start = this.#position;
    const tag = this.uint32();
    if (this.#position - start > 4) throw unusual;
    return tag;
  }

  /** The length of what follows; the result is where that ends. */
  end(): number {
    const length = this.uint32();
    const end = this.#position + length;
    if (end > this.#buffer.length) throw unusual;
    return end;
  }

  uint32(): number {
    let byte = this.#byte();
    let value = byte & 0x7f;
    if (byte < 0x80) return value;
    byte = this.#byte();
    value |= (byte & 0x7f) << 7;
    if (byte < 0x80) return value;
    byte = this.#byte();
    value |= (byte & 0x7f) << 14;
    if (byte < 0x80) return value;
    byte = this.#byte();
    value |= (byte & 0x7f) << 21;
    if (byte < 0x80) return value;
    byte = this.#byte();
    value |= (byte & 0x0f) << 28;
    // The upper half of a 64-bit integer is of no account.
    for (let size = 5; byte >= 0x80; size++) {
      if (size === 10) throw unusual;
      byte = this.#byte();
    }
    return value >>> 0;
  }

  int32(): number {
    return this.uint32() | 0;
  }

  sint32(): number {
    const value = this.uint32();
    return (value >>> 1) ^ -(value & 1);
  }

  bool(): boolean {
    const byte = this.#byte();
    if (byte >= 0x80) throw unusual;
    return byte !== 0;
  }

  int64(): bigint {
    this.#varint64();
    return word.getBigInt64(0, true);
  }

  uint64(): bigint {
    this.#varint64();
    return word.getBigUint64(0, true);
  }

  sint64(): bigint {
    this.#varint64();
    const value = word.getBigUint64(0, true);
    return BigInt.asIntN(64, (value >> 1n) ^ -(value & 1n));
  }

  fixed32(): number {
    return this.#buffer.readUInt32LE(this.#advance(4));
  }

  sfixed32(): number {
    return this.#buffer.readInt32LE(this.#advance(4));
  }

  fixed64(): bigint {
    return this.#buffer.readBigUInt64LE(this.#advance(8));
  }

  sfixed64(): bigint {
    return this.#buffer.readBigInt64LE(this.#advance(8));
  }

  float(): number {
    return this.#buffer.readFloatLE(this.#advance(4));
  }

  double(): number {
    return this.#buffer.readDoubleLE(this.#advance(8));
  }

  string(): string {
    const end = this.end();
    const start = this.#position;
    this.#position = end;
    return end - start <= shortString && this.#isAscii(start, end) ? this.#ascii(start, end) : this.#utf8(start, end);
  }

  /** A copy, as what is read from may be written to again. */
  bytes(): Uint8Array {
    return this.upTo(this.end());
  }

  upTo(end: number): Uint8Array {
    return this.#copy(this.#position, end);
  }

  /** The bytes of a field that the message does not know. */
  skip(wireType: number): Uint8Array {
    const start = this.#position;
    switch (wireType) {
      case 0:
        this.#varint64();
        return this.#copy(start, this.#position);
      case 1:
        return this.#copy(start, start + 8);
      case 2:
        this.#position = this.end();
        return this.#copy(start, this.#position);
      case 5:
        return this.#copy(start, start + 4);
      default:
        throw unusual;
    }
  }

  #byte(): number {
    const byte = this.#buffer[this.#position++];
    if (byte === undefined) throw unusual;
    return byte;
  }

  #advance(size: number): number {
    const start = this.#position;
    this.#position += size;
    return start;
  }

  /** Reads both halves of a 64-bit integer. */
  #varint64(): void {
    let low = 0;
    let high = 0;
    let byte = 0x80;
    let shift = 0;
    for (; shift < 28 && byte >= 0x80; shift += 7) {
      byte = this.#byte();
      low |= (byte & 0x7f) << shift;
    }
    if (byte >= 0x80) {
      byte = this.#byte();
      low |= (byte & 0x0f) << 28;
      high = (byte & 0x70) >> 4;
    }
    for (shift = 3; byte >= 0x80; shift += 7) {
      if (shift > 31) throw unusual;
      byte = this.#byte();
      high |= (byte & 0x7f) << shift;
    }
    word.setInt32(0, low, true);
    word.setInt32(4, high, true);
  }

  #copy(start: number, end: number): Uint8Array {
    if (end > this.#buffer.length) throw unusual;
    this.#position = end;
    return new Uint8Array(this.#buffer.subarray(start, end));
  }

  #isAscii(start: number, end: number): boolean {
    const buffer = this.#buffer;
    for (let index = start; index < end; index++) {
      if ((buffer[index] ?? 0x80) > 0x7f) return false;
    }
    return true;
  }

  #ascii(start: number, end: number): string {
    if (start < this.#windowStart || end > this.#windowEnd) {
      this.#windowStart = start;
      this.#windowEnd = Math.min(start + windowSize, this.#buffer.length);
      this.#window = this.#buffer.toString('latin1', start, this.#windowEnd);
    }
    return this.#window.substring(start - this.#windowStart, end - this.#windowStart);
  }

  /** Text that has the replacement character may have had it from the start. */
  #utf8(start: number, end: number): string {
    const text = this.#buffer.toString('utf8', start, end);
    return text.includes(replacement) ? strict.decode(this.#buffer.subarray(start, end)) : text;
  }
}
