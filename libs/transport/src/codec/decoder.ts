import { fromBinary, mergeFromBinary, type DescMessage, type MessageShape } from '@bufbuild/protobuf';
import { blankOf, type Target } from './blank.ts';
import { isCompilable, unusual } from './compilable.ts';
import { fieldReaders, type FieldReader, type MessageReader } from './read-field.ts';
import { Reader } from './reader.ts';

export type Decoder<Schema extends DescMessage> = (bytes: Uint8Array) => MessageShape<Schema>;

const readers = new WeakMap<DescMessage, MessageReader>();
const reader = new Reader();

/**
 * Decodes as `fromBinary(schema, bytes)` does, and throws what that throws. The message keeps nothing of `bytes`, which
 * may be written to again.
 */
export function decoderOf<Schema extends DescMessage>(schema: Schema): Decoder<Schema> {
  const read = messageReader(schema);
  const blank = blankOf(schema);

  return (bytes) => {
    try {
      const message = blank();
      read(reader, message, reader.begin(bytes));
      return message as MessageShape<Schema>;
    } catch {
      return fromBinary(schema, new Uint8Array(bytes));
    }
  };
}

/** A message that holds itself finds its own reader, which is known before its fields are. */
function messageReader(schema: DescMessage): MessageReader {
  const known = readers.get(schema);
  if (known !== undefined) return known;

  const byTag: FieldReader[] = [];
  const read = isCompilable(schema) ? compiled(schema, byTag) : reflected(schema);
  readers.set(schema, read);
  if (isCompilable(schema)) {
    for (const [tag, readField] of schema.fields.flatMap((field) => fieldReaders(field, messageReader)))
      byTag[tag] = readField;
  }
  return read;
}

function compiled(schema: DescMessage, byTag: readonly FieldReader[]): MessageReader {
  const numbers = new Set(schema.fields.map(({ number }) => number));

  return (reader, message, end) => {
    reader.enter();
    while (reader.position < end) {
      const tag = reader.tag();
      const read = byTag[tag];
      if (read === undefined) readUnknown(reader, message, tag, numbers);
      else read(reader, message);
    }
    reader.leave(end);
  };
}

function reflected(schema: DescMessage): MessageReader {
  return (reader, message, end) => {
    const recursionLimit = reader.remainingDepth;
    mergeFromBinary(schema, message as MessageShape<DescMessage>, reader.upTo(end), { recursionLimit });
  };
}

/** What has the number of a field, and another wire type than that, is none of the unknown fields. */
function readUnknown(reader: Reader, message: Target, tag: number, numbers: ReadonlySet<number>): void {
  const no = tag >>> 3;
  const wireType = tag & 7;
  if (no === 0 || numbers.has(no)) throw unusual;

  const data = reader.skip(wireType);
  (message.$unknown ??= []).push({ no, wireType, data });
}
