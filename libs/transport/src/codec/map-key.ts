import { ScalarType } from '@bufbuild/protobuf';
import { unusual } from './compilable.ts';

/** The value of a map's key, which is a string wherever it is the name of a property. */
export function mapKey(type: ScalarType): (name: string) => unknown {
  switch (type) {
    case ScalarType.STRING:
      return (name) => name;
    case ScalarType.BOOL:
      return toBoolean;
    case ScalarType.INT64:
    case ScalarType.UINT64:
    case ScalarType.SINT64:
    case ScalarType.FIXED64:
    case ScalarType.SFIXED64:
      return BigInt;
    default:
      return toNumber;
  }
}

function toBoolean(name: string): boolean {
  if (name !== 'true' && name !== 'false') throw unusual;
  return name === 'true';
}

function toNumber(name: string): number {
  const value = Number(name);
  if (String(value) !== name) throw unusual;
  return value;
}
