import { toJson, type DescMessage, type MessageShape } from '@bufbuild/protobuf';
import { isBare, isCompilable, isFields, sorted, unusual, type Fields } from './compilable.ts';
import { fieldText, type FieldText, type MessageText } from './json-field.ts';
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

  const fields: FieldText[] = [];
  const text = isWritable(schema) ? compiled(schema, fields) : reflected(schema);
  texts.set(schema, text);
  if (isWritable(schema) && !ownTexts.has(schema.typeName))
    fields.push(...sorted(schema).map((field) => fieldText(field, messageText)));
  return text;
}

/** Types that have a JSON of their own are written by protobuf-es, but for the two that are in most messages. */
function isWritable(schema: DescMessage): boolean {
  if (schema.typeName.startsWith('google.protobuf.')) return ownTexts.has(schema.typeName);
  const names = schema.fields.map(({ jsonName }) => jsonName);
  return isCompilable(schema) && new Set(names).size === names.length && !names.some((name) => integer.test(name));
}

function compiled({ typeName }: DescMessage, fields: readonly FieldText[]): MessageText {
  const ownText = ownTexts.get(typeName);

  return (message) => {
    if (message.$typeName !== typeName || !isBare(message)) throw unusual;
    if (ownText !== undefined) return ownText(message);

    let text = '';
    for (const toText of fields) {
      const part = toText(message);
      if (part !== '') text = text === '' ? part : `${text},${part}`;
    }
    return `{${text}}`;
  };
}

function reflected(schema: DescMessage): MessageText {
  return (message) => reflectedText(schema, message as MessageShape<DescMessage>);
}

function reflectedText<Schema extends DescMessage>(schema: Schema, message: MessageShape<Schema>): string {
  return JSON.stringify(toJson(schema, message, { alwaysEmitImplicit: true }));
}
