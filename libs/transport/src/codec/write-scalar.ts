import { ScalarType } from '@bufbuild/protobuf';
import { unusual } from './compilable.ts';
import { type Writer } from './writer.ts';

/** Writes a value without its tag. */
export type ScalarWriter = (writer: Writer, value: unknown) => void;

/** How values of a type are written. One of another type, or out of range, is unusual. */
export const scalarWriters: Readonly<Record<ScalarType, ScalarWriter>> = {
  [ScalarType.STRING]: (writer, value) => {
    if (typeof value !== 'string') throw unusual;
    writer.string(value);
  },
  [ScalarType.BYTES]: (writer, value) => {
    if (!(value instanceof Uint8Array)) throw unusual;
    writer.bytes(value);
  },
  [ScalarType.BOOL]: (writer, value) => {
    if (typeof value !== 'boolean') throw unusual;
    writer.uint32(value ? 1 : 0);
  },
  [ScalarType.INT32]: (writer, value) => {
    if (!isInt32(value)) throw unusual;
    writer.int32(value);
  },
  [ScalarType.UINT32]: (writer, value) => {
    if (!isUint32(value)) throw unusual;
    writer.uint32(value);
  },
  [ScalarType.SINT32]: (writer, value) => {
    if (!isInt32(value)) throw unusual;
    writer.uint32(((value << 1) ^ (value >> 31)) >>> 0);
  },
  [ScalarType.FIXED32]: (writer, value) => {
    if (!isUint32(value)) throw unusual;
    writer.fixed32(value);
  },
  [ScalarType.SFIXED32]: (writer, value) => {
    if (!isInt32(value)) throw unusual;
    writer.fixed32(value);
  },
  [ScalarType.INT64]: (writer, value) => {
    if (typeof value !== 'bigint') throw unusual;
    writer.int64(value);
  },
  [ScalarType.UINT64]: (writer, value) => {
    if (typeof value !== 'bigint') throw unusual;
    writer.uint64(value);
  },
  [ScalarType.SINT64]: (writer, value) => {
    if (typeof value !== 'bigint') throw unusual;
    writer.sint64(value);
  },
  [ScalarType.FIXED64]: (writer, value) => {
    if (typeof value !== 'bigint') throw unusual;
    writer.fixed64(value);
  },
  [ScalarType.SFIXED64]: (writer, value) => {
    if (typeof value !== 'bigint') throw unusual;
    writer.sfixed64(value);
  },
  [ScalarType.FLOAT]: (writer, value) => {
    if (typeof value !== 'number' || (Number.isFinite(value) && !Number.isFinite(Math.fround(value)))) throw unusual;
    writer.float(value);
  },
  [ScalarType.DOUBLE]: (writer, value) => {
    if (typeof value !== 'number') throw unusual;
    writer.double(value);
  },
};

function isInt32(value: unknown): value is number {
  return typeof value === 'number' && value === (value | 0);
}

function isUint32(value: unknown): value is number {
  return typeof value === 'number' && value === value >>> 0;
}
