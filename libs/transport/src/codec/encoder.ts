import { create, toBinary, type DescMessage, type Message, type MessageInitShape } from '@bufbuild/protobuf';
import { Buffer } from 'node:buffer';
import { isBare, isCompilable, isFields, sorted, unusual } from './compilable.ts';
import { fieldWriter, type FieldWriter, type MessageWriter } from './write-field.ts';
import { Writer } from './writer.ts';

/** Encodes a message, or what one is made of. */
export type Encoder<Schema extends DescMessage> = (value: MessageInitShape<Schema>) => Buffer;

const writers = new WeakMap<DescMessage, MessageWriter>();
const writer = new Writer();

/**
 * Encodes as `toBinary(schema, create(schema, value))` does, byte for byte, without making the message first.
 * Throws what protobuf-es throws.
 */
export function encoderOf<Schema extends DescMessage>(schema: Schema): Encoder<Schema> {
  const write = messageWriter(schema);

  return (value) => {
    try {
      if (!isFields(value)) throw unusual;
      writer.begin();
      write(writer, value, false);
      return writer.finish();
    } catch {
      return Buffer.from(toBinary(schema, create(schema, value)));
    }
  };
}

/** A message that holds itself finds its own writer, which is known before its fields are. */
function messageWriter(schema: DescMessage): MessageWriter {
  const known = writers.get(schema);
  if (known !== undefined) return known;

  const fields: FieldWriter[] = [];
  const write = isCompilable(schema) ? compiled(schema, fields) : reflected(schema);
  writers.set(schema, write);
  if (isCompilable(schema)) fields.push(...sorted(schema).map((field) => fieldWriter(field, messageWriter)));
  return write;
}

function compiled({ typeName }: DescMessage, fields: readonly FieldWriter[]): MessageWriter {
  return (writer, value, inMessage) => {
    const isMessage = value.$typeName === typeName;
    if (isMessage ? !isBare(value) : inMessage) throw unusual;

    for (const write of fields) write(writer, value, isMessage);
    if (isMessage && value.$unknown !== undefined) writeUnknown(writer, value.$unknown);
  };
}

function reflected(schema: DescMessage): MessageWriter {
  return (writer, value, inMessage) => {
    if (inMessage && value.$typeName !== schema.typeName) throw unusual;
    writer.raw(toBinary(schema, create(schema, value)));
  };
}

function writeUnknown(writer: Writer, unknown: unknown): void {
  if (!Array.isArray(unknown)) throw unusual;

  for (const { no, wireType, data } of unknown as NonNullable<Message['$unknown']>) {
    writer.uint32(((no << 3) | wireType) >>> 0);
    writer.raw(data);
  }
}
