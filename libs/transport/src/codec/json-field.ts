import { type DescField, type DescMessage } from '@bufbuild/protobuf';
import { isWrapperDesc } from '@bufbuild/protobuf/wkt';
import { isFields, isImplicit, unusual, type Fields } from './compilable.ts';
import { quoted } from './json-text.ts';
import { scalarText, valueText, type ValueText } from './json-value.ts';

/** The JSON text of a message. */
export type MessageText = (message: Fields) => string;

/** A separator, the name and the text of a field; nothing where it is not set. */
export type FieldText = (message: Fields) => string;

type TextOf = (schema: DescMessage) => MessageText;

export function fieldText(field: DescField, separator: string, textOf: TextOf): FieldText {
  const { localName } = field;
  const name = `${separator}${quoted(field.jsonName)}:`;
  const toText = itemText(field, textOf);

  if (field.fieldKind === 'list') return (message) => name + listText(message[localName], toText);
  if (field.fieldKind === 'map') return (message) => name + recordText(message[localName], toText);
  if (field.oneof !== undefined) return oneofText(localName, field.oneof.localName, name, toText);
  if (isImplicit(field)) return (message) => name + toText(message[localName]);
  return (message) => {
    const value = message[localName];
    return value === undefined ? '' : name + toText(value);
  };
}

/** Whether the text of each message has the field. */
export function isAlwaysThere(field: DescField): boolean {
  return field.fieldKind === 'list' || field.fieldKind === 'map' || isImplicit(field);
}

function itemText(field: DescField, textOf: TextOf): ValueText {
  const { message } = field;
  if (message === undefined) return valueText(field);
  // The value of a wrapper stands for it, but for one of many.
  if (field.fieldKind === 'message' && field.oneof === undefined && isWrapperDesc(message)) {
    return scalarText(message.fields[0].scalar);
  }

  const toText = textOf(message);
  return (value) => {
    if (!isFields(value)) throw unusual;
    return toText(value);
  };
}

function oneofText(localName: string, oneofName: string, name: string, toText: ValueText): FieldText {
  return (message) => {
    const oneof = message[oneofName];
    if (!isFields(oneof)) throw unusual;
    return oneof.case === localName ? name + toText(oneof.value) : '';
  };
}

function listText(items: unknown, toText: ValueText): string {
  if (!Array.isArray(items)) throw unusual;
  if (items.length === 0) return '[]';

  let text = `[${toText(items[0])}`;
  for (let index = 1; index < items.length; index++) text += `,${toText(items[index])}`;
  return `${text}]`;
}

function recordText(record: unknown, toText: ValueText): string {
  if (!isFields(record)) throw unusual;

  let text = '';
  for (const key of Object.keys(record)) text += `${text === '' ? '' : ','}${quoted(key)}:${toText(record[key])}`;
  return `{${text}}`;
}
