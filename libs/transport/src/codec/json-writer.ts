import { toJson, type DescMessage, type MessageShape } from '@bufbuild/protobuf';
import { isBare, isCompilable, isFields, sorted, unusual, type Fields } from './compilable.ts';
import { fieldText, isAlwaysThere, type FieldText, type MessageText } from './json-field.ts';
import { durationText, timestampText } from './json-text.ts';

export type JsonWriter<Schema extends DescMessage> = (message: MessageShape<Schema>) => string;

const texts = new WeakMap<DescMessage, MessageText>();

const ownTexts: ReadonlyMap<string, MessageText> = new Map([
  ['google.protobuf.Timestamp', ({ seconds, nanos }: Fields) => timestampText(seconds, nanos)],
  ['google.protobuf.Duration', ({ seconds, nanos }: Fields) => durationText(seconds, nanos)],
]);

/** A name that is a number comes first in an object, wherever it is put. */
const integer = /^\d+$/;

/**
 * Writes the JSON of a message with all fields that have no presence, as `toJson` and `JSON.stringify` do. Throws what
 * protobuf-es throws.
 */
export function jsonWriterOf<Schema extends DescMessage>(schema: Schema): JsonWriter<Schema> {
  const text = messageText(schema);

  return (message) => {
    try {
      if (!isFields(message)) throw unusual;
      return text(message);
    } catch {
      return reflectedText(schema, message);
    }
  };
}

/** A message that holds itself finds its own text, which is known before its fields are. */
function messageText(schema: DescMessage): MessageText {
  const known = texts.get(schema);
  if (known !== undefined) return known;

  if (!isWritable(schema)) return remember(schema, reflected(schema));
  const ownText = ownTexts.get(schema.typeName);
  if (ownText !== undefined) return remember(schema, compiled(schema, ownText));

  const [first, ...others] = sorted(schema);
  const fields: FieldText[] = [];
  const leads = first !== undefined && isAlwaysThere(first);
  const text = remember(schema, compiled(schema, objectText(fields, leads)));
  if (first !== undefined) fields.push(fieldText(first, leads ? '' : ',', messageText));
  fields.push(...others.map((field) => fieldText(field, ',', messageText)));
  return text;
}

function remember(schema: DescMessage, text: MessageText): MessageText {
  texts.set(schema, text);
  return text;
}

/** Types that have a JSON of their own are written by protobuf-es, but for the two that are in most messages. */
function isWritable(schema: DescMessage): boolean {
  if (schema.typeName.startsWith('google.protobuf.')) return ownTexts.has(schema.typeName);
  const names = schema.fields.map(({ jsonName }) => jsonName);
  return isCompilable(schema) && new Set(names).size === names.length && !names.some((name) => integer.test(name));
}

function compiled({ typeName }: DescMessage, text: MessageText): MessageText {
  return (message) => {
    if (message.$typeName !== typeName || !isBare(message)) throw unusual;
    return text(message);
  };
}

/** Each text but that of a leading field starts with a comma. */
function objectText(fields: readonly FieldText[], leads: boolean): MessageText {
  return (message) => {
    let text = '';
    for (const fieldText of fields) text += fieldText(message);
    return `{${leads ? text : text.slice(1)}}`;
  };
}

function reflected(schema: DescMessage): MessageText {
  return (message) => reflectedText(schema, message as MessageShape<DescMessage>);
}

function reflectedText<Schema extends DescMessage>(schema: Schema, message: MessageShape<Schema>): string {
  return JSON.stringify(toJson(schema, message, { alwaysEmitImplicit: true }));
}
