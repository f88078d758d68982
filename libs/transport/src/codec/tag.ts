import { ScalarType, type DescField } from '@bufbuild/protobuf';

/** How what follows a tag ends, as the tag says it. */
export type WireType = 0 | 1 | 2 | 5;

/** The wire type of strings, bytes, messages, entries of maps and packed numbers. */
export const lengthDelimited = 2;

export function tagOf(field: DescField, type: WireType = wireTypeOf(field)): number {
  return tag(field.number, type);
}

export function tag(number: number, type: WireType): number {
  return ((number << 3) | type) >>> 0;
}

/** The wire type of one value of a field. */
export function wireTypeOf(field: DescField): WireType {
  return field.message === undefined ? wireType(scalarOf(field)) : lengthDelimited;
}

/** An enum is the number it is written as. */
export function scalarOf(field: DescField): ScalarType {
  return field.scalar ?? ScalarType.INT32;
}

export function wireType(type: ScalarType): WireType {
  switch (type) {
    case ScalarType.STRING:
    case ScalarType.BYTES:
      return lengthDelimited;
    case ScalarType.DOUBLE:
    case ScalarType.FIXED64:
    case ScalarType.SFIXED64:
      return 1;
    case ScalarType.FLOAT:
    case ScalarType.FIXED32:
    case ScalarType.SFIXED32:
      return 5;
    default:
      return 0;
  }
}
