import { ScalarType, type DescEnum, type DescField } from '@bufbuild/protobuf';
import { Buffer } from 'node:buffer';
import { unusual } from './compilable.ts';
import { quoted } from './json-text.ts';
import { scalarOf } from './tag.ts';

/** The JSON text of a value. */
export type ValueText = (value: unknown) => string;

/** The text of values of a field that are no messages. */
export function valueText(field: DescField): ValueText {
  return field.enum === undefined ? scalarText(scalarOf(field)) : enumText(field.enum);
}

export function scalarText(type: ScalarType): ValueText {
  switch (type) {
    case ScalarType.STRING:
      return stringText;
    case ScalarType.BOOL:
      return booleanText;
    case ScalarType.BYTES:
      return bytesText;
    case ScalarType.DOUBLE:
    case ScalarType.FLOAT:
      return floatText;
    case ScalarType.INT64:
    case ScalarType.UINT64:
    case ScalarType.SINT64:
    case ScalarType.FIXED64:
    case ScalarType.SFIXED64:
      return bigintText;
    default:
      return numberText;
  }
}

/** A number that has no name stays one. */
function enumText({ typeName, values, value: named }: DescEnum): ValueText {
  if (typeName === 'google.protobuf.NullValue') return (value) => (typeof value === 'number' ? 'null' : fail());

  const texts = new Map<unknown, string>(
    values.map(({ number, jsonName }) => [number, quoted(named[number]?.jsonName ?? jsonName)]),
  );
  return (value) => texts.get(value) ?? numberText(value);
}

function stringText(value: unknown): string {
  return typeof value === 'string' ? quoted(value) : fail();
}

function booleanText(value: unknown): string {
  return typeof value === 'boolean' ? String(value) : fail();
}

function numberText(value: unknown): string {
  return typeof value === 'number' && Number.isFinite(value) ? String(value) : fail();
}

function floatText(value: unknown): string {
  if (typeof value !== 'number') throw unusual;
  return Number.isFinite(value) ? String(value) : `"${value}"`;
}

function bigintText(value: unknown): string {
  return typeof value === 'bigint' ? `"${value}"` : fail();
}

function bytesText(value: unknown): string {
  if (!(value instanceof Uint8Array)) throw unusual;
  return `"${Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString('base64')}"`;
}

function fail(): never {
  throw unusual;
}
