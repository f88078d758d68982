import { Buffer } from 'node:buffer';
import { unusual } from './compilable.ts';

/** The bytes that are allocated at once, for many messages. */
const slabSize = 16_384;

/** Strings of up to so many characters are copied one by one, which is cheaper than a call of the runtime. */
const shortString = 20;
/** A string of up to so many characters takes less than 128 bytes, however they are encoded. */
const singleByteLength = 42;

const word = new DataView(new ArrayBuffer(8));

/** Writes messages one after another into shared memory, of which each gets the part that it has filled. */
export class Writer {
  #buffer: Buffer = Buffer.allocUnsafeSlow(slabSize);
  #start = 0;
  #position = 0;

  /** Starts a message, forgetting one that was not finished. */
  begin(): void {
    this.#position = this.#start;
  }

  /** The bytes of the message. A large one keeps the memory that was made for it to itself. */
  finish(): Buffer {
    const message = this.#buffer.subarray(this.#start, this.#position);
    this.#start = this.#position;
    if (this.#buffer.length > slabSize) this.#replace(Buffer.allocUnsafeSlow(slabSize), 0);
    return message;
  }

  uint32(value: number): void {
    this.#reserve(5);
    this.#varint(value);
  }

  /** As protobuf has it, a negative number takes ten bytes. */
  int32(value: number): void {
    if (value >= 0) this.uint32(value);
    else this.varint64(value, -1);
  }

  /** Both halves of a 64-bit integer, signed or not. */
  varint64(low: number, high: number): void {
    this.#reserve(10);
    let rest = low >>> 0;
    let upper = high >>> 0;

    while (upper > 0) {
      this.#buffer[this.#position++] = (rest & 0x7f) | 0x80;
      rest = ((rest >>> 7) | (upper << 25)) >>> 0;
      upper >>>= 7;
    }
    this.#varint(rest);
  }

  int64(value: bigint): void {
    setInt64(value);
    this.varint64(word.getInt32(0, true), word.getInt32(4, true));
  }

  sint64(value: bigint): void {
    setInt64(value);
    const low = word.getInt32(0, true);
    const high = word.getInt32(4, true);
    const sign = high >> 31;
    this.varint64((low << 1) ^ sign, ((high << 1) | (low >>> 31)) ^ sign);
  }

  uint64(value: bigint): void {
    setUint64(value);
    this.varint64(word.getInt32(0, true), word.getInt32(4, true));
  }

  fixed32(value: number): void {
    this.#reserve(4);
    this.#position = this.#buffer.writeInt32LE(value | 0, this.#position);
  }

  sfixed64(value: bigint): void {
    setInt64(value);
    this.#word();
  }

  fixed64(value: bigint): void {
    setUint64(value);
    this.#word();
  }

  float(value: number): void {
    this.#reserve(4);
    this.#position = this.#buffer.writeFloatLE(value, this.#position);
  }

  double(value: number): void {
    this.#reserve(8);
    this.#position = this.#buffer.writeDoubleLE(value, this.#position);
  }

  string(value: string): void {
    if (value.length > singleByteLength) this.#longString(value);
    else if (value.length > shortString || !this.#ascii(value)) this.#shortString(value);
  }

  bytes(value: Uint8Array): void {
    this.uint32(value.length);
    this.raw(value);
  }

  raw(bytes: Uint8Array): void {
    this.#reserve(bytes.length);
    this.#buffer.set(bytes, this.#position);
    this.#position += bytes.length;
  }

  /** Starts what is preceded by its length, which most often takes one byte; the result is for `join`. */
  fork(): number {
    this.#reserve(1);
    return this.#position++ - this.#start;
  }

  join(fork: number): void {
    const start = this.#start + fork + 1;
    const length = this.#position - start;
    if (length < 0x80) {
      this.#buffer[start - 1] = length;
      return;
    }

    const shift = varintSize(length) - 1;
    this.#reserve(shift);
    this.#shift(this.#start + fork + 1, shift, length);
  }

  /** Moves what was written on, and writes its length before it. */
  #shift(start: number, by: number, length: number): void {
    this.#buffer.copyWithin(start + by, start, start + length);
    this.#position = start - 1;
    this.#varint(length);
    this.#position += length;
  }

  /** Whether the string was ASCII and is written. */
  #ascii(value: string): boolean {
    const { length } = value;
    this.#reserve(1 + length);
    const buffer = this.#buffer;
    let position = this.#position;
    buffer[position++] = length;

    for (let index = 0; index < length; index++) {
      const code = value.charCodeAt(index);
      if (code > 0x7f) return false;
      buffer[position++] = code;
    }
    this.#position = position;
    return true;
  }

  #shortString(value: string): void {
    this.#reserve(1 + 3 * value.length);
    const length = this.#buffer.write(value, this.#position + 1);
    this.#buffer[this.#position] = length;
    this.#position += 1 + length;
  }

  #longString(value: string): void {
    const length = Buffer.byteLength(value);
    this.#reserve(5 + length);
    this.#varint(length);
    this.#position += this.#buffer.write(value, this.#position);
  }

  #varint(value: number): void {
    const buffer = this.#buffer;
    let rest = value;
    while (rest > 0x7f) {
      buffer[this.#position++] = (rest & 0x7f) | 0x80;
      rest >>>= 7;
    }
    buffer[this.#position++] = rest;
  }

  #word(): void {
    this.#reserve(8);
    this.#buffer.writeInt32LE(word.getInt32(0, true), this.#position);
    this.#position = this.#buffer.writeInt32LE(word.getInt32(4, true), this.#position + 4);
  }

  /** Makes room for so many bytes. What the message has so far moves on to new memory where there is too little. */
  #reserve(size: number): void {
    if (this.#position + size > this.#buffer.length) this.#grow(size);
  }

  #grow(size: number): void {
    const written = this.#position - this.#start;
    const buffer = Buffer.allocUnsafeSlow(Math.max(slabSize, 2 * written + size));
    this.#buffer.copy(buffer, 0, this.#start, this.#position);
    this.#replace(buffer, written);
  }

  #replace(buffer: Buffer, written: number): void {
    this.#buffer = buffer;
    this.#start = 0;
    this.#position = written;
  }
}

function setInt64(value: bigint): void {
  word.setBigInt64(0, value, true);
  if (word.getBigInt64(0, true) !== value) throw unusual;
}

function setUint64(value: bigint): void {
  word.setBigUint64(0, value, true);
  if (word.getBigUint64(0, true) !== value) throw unusual;
}

function varintSize(value: number): number {
  let size = 1;
  for (let rest = value >>> 7; rest > 0; rest >>>= 7) size++;
  return size;
}
