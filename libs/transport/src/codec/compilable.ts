import { ScalarType, type DescField, type DescMessage } from '@bufbuild/protobuf';
import { Edition, FeatureSet_FieldPresence } from '@bufbuild/protobuf/wkt';

/** The fields of a message, or of what one is made of, by their local names. */
export type Fields = Record<string, unknown>;

/**
 * Thrown where a compiled codec meets what it does not handle: a wrong value, malformed bytes, a rare form.
 * protobuf-es then does the whole again and gives the result or the error. It is one object, as a stack would cost more
 * than the work.
 */
export const unusual = new Error('left to protobuf-es');

/** Whether a codec can be compiled for a message: it is proto3, and its fields hold values of their own types. */
export function isCompilable(schema: DescMessage): boolean {
  return schema.file.edition === Edition.EDITION_PROTO3 && schema.fields.every(isPlain);
}

/** The fields in the order in which they are written. */
export function sorted(schema: DescMessage): readonly DescField[] {
  return schema.fields.toSorted((a, b) => a.number - b.number);
}

/** Whether a field that has its default value is not set, and is left out. */
export function isImplicit(field: DescField): boolean {
  return field.presence === FeatureSet_FieldPresence.IMPLICIT;
}

/** The default of a field that is neither bytes nor a message; that of an enum is its first value. */
export function defaultOf(field: DescField): bigint | boolean | number | string | undefined {
  return field.enum === undefined ? zeroOf(field.scalar ?? ScalarType.INT32) : field.enum.values[0]?.number;
}

/** The default of all types but bytes. */
export function zeroOf(type: ScalarType): bigint | boolean | number | string {
  switch (type) {
    case ScalarType.STRING:
      return '';
    case ScalarType.BOOL:
      return false;
    case ScalarType.INT64:
    case ScalarType.UINT64:
    case ScalarType.SINT64:
    case ScalarType.FIXED64:
    case ScalarType.SFIXED64:
      return 0n;
    default:
      return 0;
  }
}

export function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/**
 * Whether an object is no more than its own properties. protobuf-es takes inherited ones for defaults, so that a field
 * that is read is one that is set only here.
 */
export function isBare(value: Fields): boolean {
  return Object.getPrototypeOf(value) === Object.prototype;
}

/** A 64-bit integer may be kept as a string, a `Struct` as the JSON it stands for, a closed enum among unknown fields. */
function isPlain(field: DescField): boolean {
  if ('longAsString' in field && field.longAsString) return false;
  if (field.enum?.open === false) return false;
  return field.message?.typeName !== 'google.protobuf.Struct' || field.parent.typeName === 'google.protobuf.Value';
}
