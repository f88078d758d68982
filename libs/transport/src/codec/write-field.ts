import { ScalarType, type DescField, type DescMessage } from '@bufbuild/protobuf';
import { isWrapperDesc } from '@bufbuild/protobuf/wkt';
import { defaultOf, isFields, isImplicit, unusual, type Fields } from './compilable.ts';
import { mapKey } from './map-key.ts';
import { lengthDelimited, scalarOf, tag as entryTag, tagOf, wireType, wireTypeOf } from './tag.ts';
import { scalarWriters } from './write-scalar.ts';
import { type Writer } from './writer.ts';

/** Writes the fields of a message, or of what one is made of; within a message there are but messages. */
export type MessageWriter = (writer: Writer, value: Fields, inMessage: boolean) => void;

/** Writes a field, unless it is not set, of a message or of what one is made of. */
export type FieldWriter = (writer: Writer, fields: Fields, isMessage: boolean) => void;

/** Writes one value of a field, without its tag. */
type ValueWriter = (writer: Writer, value: unknown, inMessage: boolean) => void;

type WriterOf = (schema: DescMessage) => MessageWriter;

export function fieldWriter(field: DescField, writerOf: WriterOf): FieldWriter {
  const write = valueWriter(field, writerOf);
  if (field.fieldKind === 'list') return field.packed ? packedWriter(field, write) : listWriter(field, write);
  if (field.fieldKind === 'map') return mapWriter(field, write);
  if (field.oneof !== undefined) return oneofWriter(field, field.oneof.localName, write);
  return isImplicit(field) ? implicitWriter(field, write) : explicitWriter(field, write);
}

function valueWriter(field: DescField, writerOf: WriterOf): ValueWriter {
  if (field.message === undefined) return scalarWriters[scalarOf(field)];

  const write = writerOf(field.message);
  // The value of a wrapper stands for it, but for one of many.
  const isUnwrapped = field.fieldKind === 'message' && field.oneof === undefined && isWrapperDesc(field.message);
  return isUnwrapped ? wrapped(field.message.typeName, write) : delimited(write);
}

function delimited(write: MessageWriter): ValueWriter {
  return (writer, value, inMessage) => {
    if (!isFields(value)) throw unusual;
    const fork = writer.fork();
    write(writer, value, inMessage);
    writer.join(fork);
  };
}

function wrapped($typeName: string, write: MessageWriter): ValueWriter {
  const writeWrapper = delimited(write);
  return (writer, value) => writeWrapper(writer, { $typeName, value }, true);
}

function implicitWriter(field: DescField, write: ValueWriter): FieldWriter {
  const { localName } = field;
  const tag = tagOf(field);
  const zero = defaultOf(field);
  const isZero = zeroTest(field.scalar);

  return (writer, fields, isMessage) => {
    const value = fields[localName];
    if (isZero === undefined ? value === zero : isZero(value)) return;
    if (isMissing(value, isMessage)) return;
    writer.uint32(tag);
    write(writer, value, isMessage);
  };
}

function explicitWriter(field: DescField, write: ValueWriter): FieldWriter {
  const { localName } = field;
  const tag = tagOf(field);

  return (writer, fields, isMessage) => {
    const value = fields[localName];
    if (value === undefined || (value === null && !isMessage)) return;
    writer.uint32(tag);
    write(writer, value, isMessage);
  };
}

function oneofWriter(field: DescField, oneofName: string, write: ValueWriter): FieldWriter {
  const { localName } = field;
  const tag = tagOf(field);

  return (writer, fields, isMessage) => {
    const oneof = fields[oneofName];
    if (isMissing(oneof, isMessage)) return;
    if (!isFields(oneof)) throw unusual;
    if (oneof.case !== localName) return;
    writer.uint32(tag);
    write(writer, oneof.value, isMessage);
  };
}

function listWriter(field: DescField, write: ValueWriter): FieldWriter {
  const { localName } = field;
  const tag = tagOf(field);

  return (writer, fields, isMessage) => {
    const items = fields[localName];
    if (isMissing(items, isMessage)) return;
    if (!Array.isArray(items)) throw unusual;
    for (const item of items) {
      writer.uint32(tag);
      write(writer, item, isMessage);
    }
  };
}

function packedWriter(field: DescField, write: ValueWriter): FieldWriter {
  const { localName } = field;
  const tag = tagOf(field, lengthDelimited);

  return (writer, fields, isMessage) => {
    const items = fields[localName];
    if (isMissing(items, isMessage)) return;
    if (!Array.isArray(items)) throw unusual;
    if (items.length === 0) return;

    writer.uint32(tag);
    const fork = writer.fork();
    for (const item of items) write(writer, item, isMessage);
    writer.join(fork);
  };
}

/** An entry is a message whose first field is the key, and whose second one is the value. */
function mapWriter(field: DescField & { fieldKind: 'map' }, write: ValueWriter): FieldWriter {
  const { localName } = field;
  const tag = tagOf(field, lengthDelimited);
  const keyTag = entryTag(1, wireType(field.mapKey));
  const valueTag = entryTag(2, wireTypeOf(field));
  const toKey = mapKey(field.mapKey);
  const writeKey = scalarWriters[field.mapKey];

  return (writer, fields, isMessage) => {
    const record = fields[localName];
    if (isMissing(record, isMessage)) return;
    if (!isFields(record)) throw unusual;

    for (const name of Object.keys(record)) {
      writer.uint32(tag);
      const fork = writer.fork();
      writer.uint32(keyTag);
      writeKey(writer, toKey(name));
      writer.uint32(valueTag);
      write(writer, record[name], isMessage);
      writer.join(fork);
    }
  };
}

/** What a message is made of may leave fields out; a message has all of them. */
function isMissing(value: unknown, isMessage: boolean): boolean {
  if (value !== undefined && value !== null) return false;
  if (isMessage) throw unusual;
  return true;
}

/** What tells a default that is not one by comparison: negative zero is none, and bytes are when they are empty. */
function zeroTest(type: ScalarType | undefined): ((value: unknown) => boolean) | undefined {
  if (type === ScalarType.BYTES) return (value) => value instanceof Uint8Array && value.length === 0;
  if (type === ScalarType.DOUBLE || type === ScalarType.FLOAT) return (value) => Object.is(value, 0);
  return undefined;
}
