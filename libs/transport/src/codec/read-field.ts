import { ScalarType, type DescField, type DescMessage } from '@bufbuild/protobuf';
import { isWrapperDesc } from '@bufbuild/protobuf/wkt';
import { blankOf, type Target } from './blank.ts';
import { defaultOf, isFields, unusual, zeroOf, type Fields } from './compilable.ts';
import { scalarReaders } from './read-scalar.ts';
import { type Reader } from './reader.ts';
import { lengthDelimited, scalarOf, tag, tagOf, wireType, wireTypeOf } from './tag.ts';

/** Reads into a message what comes up to an end. */
export type MessageReader = (reader: Reader, message: Target, end: number) => void;

/** Reads what follows the tag of a field. */
export type FieldReader = (reader: Reader, message: Target) => void;

/** Reads one value; a message that is there already is added to. */
type ValueReader = (reader: Reader, present?: unknown) => unknown;

type ReaderOf = (schema: DescMessage) => MessageReader;

/** The readers of a field by its tags: numbers may come packed or not. */
export function fieldReaders(field: DescField, readerOf: ReaderOf): readonly (readonly [number, FieldReader])[] {
  const read = valueReader(field, readerOf);
  if (field.fieldKind === 'map') return [[tagOf(field, lengthDelimited), mapReader(field, read)]];

  if (field.fieldKind === 'list') {
    const single = [tagOf(field), listReader(field, read)] as const;
    return wireTypeOf(field) === lengthDelimited
      ? [single]
      : [single, [tagOf(field, lengthDelimited), packedReader(field, read)]];
  }
  if (field.oneof !== undefined) return [[tagOf(field), oneofReader(field, field.oneof.localName, read)]];
  return [[tagOf(field), field.message === undefined ? scalarReader(field, read) : mergingReader(field, read)]];
}

function valueReader(field: DescField, readerOf: ReaderOf): ValueReader {
  if (field.message === undefined) return scalarReaders[scalarOf(field)];

  const { message } = field;
  const read = readerOf(message);
  // The value of a wrapper stands for it, but for one of many.
  const isUnwrapped = field.fieldKind === 'message' && field.oneof === undefined && isWrapperDesc(message);
  return isUnwrapped ? unwrapped(message, read) : delimited(message, read);
}

function delimited(schema: DescMessage, read: MessageReader): ValueReader {
  const blank = blankOf(schema);
  return (reader, present) => {
    const message = present === undefined ? blank() : (present as Target);
    read(reader, message, reader.end());
    return message;
  };
}

function unwrapped(schema: DescMessage, read: MessageReader): ValueReader {
  const blank = blankOf(schema);
  return (reader, present) => {
    const wrapper = blank();
    if (present !== undefined) wrapper.value = present;
    read(reader, wrapper, reader.end());
    return wrapper.value;
  };
}

function scalarReader({ localName }: DescField, read: ValueReader): FieldReader {
  return (reader, message) => {
    message[localName] = read(reader);
  };
}

function mergingReader({ localName }: DescField, read: ValueReader): FieldReader {
  return (reader, message) => {
    message[localName] = read(reader, message[localName]);
  };
}

/** Another field of the oneof goes when this one comes. */
function oneofReader({ localName }: DescField, oneofName: string, read: ValueReader): FieldReader {
  return (reader, message) => {
    const oneof = message[oneofName];
    const present = isFields(oneof) && oneof.case === localName ? oneof.value : undefined;
    message[oneofName] = { case: localName, value: read(reader, present) };
  };
}

function listReader({ localName }: DescField, read: ValueReader): FieldReader {
  return (reader, message) => {
    const items = message[localName];
    if (!Array.isArray(items)) throw unusual;
    items.push(read(reader));
  };
}

function packedReader({ localName }: DescField, read: ValueReader): FieldReader {
  return (reader, message) => {
    const items = message[localName];
    if (!Array.isArray(items)) throw unusual;
    const end = reader.end();
    while (reader.position < end) items.push(read(reader));
    if (reader.position !== end) throw unusual;
  };
}

/** An entry is a message whose first field is the key, and whose second one is the value. */
function mapReader(field: DescField & { fieldKind: 'map' }, read: ValueReader): FieldReader {
  const { localName } = field;
  const keyTag = tag(1, wireType(field.mapKey));
  const valueTag = tag(2, wireTypeOf(field));
  const readKey = scalarReaders[field.mapKey];
  const noKey = zeroOf(field.mapKey);
  const noValue = newDefault(field);

  return (reader, message) => {
    const record = message[localName];
    if (!isFields(record)) throw unusual;

    let key: unknown = noKey;
    let value: unknown;
    const end = reader.end();
    while (reader.position < end) {
      const tag = reader.tag();
      if (tag === keyTag) key = readKey(reader);
      else if (tag === valueTag) value = read(reader, value);
      else throw unusual;
    }
    if (reader.position !== end) throw unusual;
    setOwn(record, String(key), value ?? noValue());
  };
}

function newDefault(field: DescField & { fieldKind: 'map' }): () => unknown {
  const { message } = field;
  if (message !== undefined) return blankOf(message);
  if (field.scalar === ScalarType.BYTES) return () => new Uint8Array();
  const value = defaultOf(field);
  return () => value;
}

/** A key may have the name of what objects inherit. */
function setOwn(record: Fields, name: string, value: unknown): void {
  if (name !== '__proto__') record[name] = value;
  else Object.defineProperty(record, name, { value, writable: true, enumerable: true, configurable: true });
}
