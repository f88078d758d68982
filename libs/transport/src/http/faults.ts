import {
  fromJson,
  ScalarType,
  type DescField,
  type DescMessage,
  type JsonObject,
  type JsonValue,
} from '@bufbuild/protobuf';
import type { FieldViolation } from '@ko/endpoint';

type Faults = Generator<FieldViolation, void, undefined>;

/**
 * All that keeps JSON from being a message: unknown fields and values of the wrong type, each named by its path. Lazy,
 * because there may be many more than anybody wants to read.
 */
export function* jsonFaults(message: DescMessage, json: JsonValue, path = ''): Faults {
  if (!isJsonObject(json)) return yield violation(path, 'a JSON object');
  if (path.length > longestPath) return yield { field: path, description: 'is nested too deeply', rule: 'json.depth' };
  const given = new Map<string, DescField>();
  for (const [key, value] of Object.entries(json)) {
    const field = message.fields.find((each) => each.jsonName === key || each.name === key);
    const name = path === '' ? (field?.name ?? key) : `${path}.${field?.name ?? key}`;
    if (field === undefined) {
      yield { field: name, description: unknownField(message), rule: 'json.unknown_field' };
      continue;
    }
    const slot = field.oneof?.name ?? field.name;
    const other = given.get(slot);
    given.set(slot, field);
    if (other !== undefined)
      yield { field: name, description: `cannot be given with ${other.name}`, rule: 'json.oneof' };
    else if (!isDecodable(message, { [key]: value })) yield* fieldFaults({ field, key, name }, value);
  }
}

/** Characters of a path, which bound how deep the search goes. */
const longestPath = 1000;

interface Place {
  readonly field: DescField;
  /** What the JSON calls the field. */
  readonly key: string;
  /** The path of the value, for the violation. */
  readonly name: string;
}

function* fieldFaults(place: Place, value: JsonValue): Faults {
  const { field, key, name } = place;
  if (field.fieldKind === 'list') {
    if (!Array.isArray(value)) return yield violation(name, 'an array');
    for (const [index, item] of value.entries()) {
      yield* valueFaults({ ...place, name: `${name}[${index}]` }, item, [item]);
    }
  } else if (field.fieldKind === 'map') {
    if (!isJsonObject(value)) return yield violation(name, 'a JSON object');
    for (const [entry, item] of Object.entries(value)) {
      yield* valueFaults({ field, key, name: `${name}[${JSON.stringify(entry)}]` }, item, { [entry]: item });
    }
  } else {
    yield* valueFaults(place, value, value);
  }
}

/** What is wrong with one value; `whole` holds it as its field takes it: in a list, in a map, or bare. */
function* valueFaults({ field, key, name }: Place, value: JsonValue, whole: JsonValue): Faults {
  if (field.message !== undefined && !field.message.typeName.startsWith('google.protobuf.')) {
    yield* jsonFaults(field.message, value, name);
  } else if (!isDecodable(field.parent, { [key]: whole })) {
    yield violation(name, expected(field));
  }
}

function isDecodable(message: DescMessage, json: JsonObject): boolean {
  try {
    fromJson(message, json);
    return true;
  } catch {
    return false;
  }
}

function violation(field: string, what: string): FieldViolation {
  return { field, description: `must be ${what}`, rule: 'json.type' };
}

function unknownField({ name, fields }: DescMessage): string {
  if (fields.length === 0) return `is no field of ${name}, which has none`;
  return `is no field of ${name}, which has ${fields.map((field) => field.jsonName).join(', ')}`;
}

function expected({ scalar, enum: enumeration, message }: DescField): string {
  if (scalar !== undefined) return expectedScalar(scalar);
  if (enumeration !== undefined) return `one of ${enumeration.values.map((value) => value.name).join(', ')}`;
  return expectedMessages[message.typeName] ?? 'what the contract says';
}

const expectedMessages: Readonly<Record<string, string>> = {
  'google.protobuf.Timestamp': 'a time such as 2026-01-31T12:00:00Z',
  'google.protobuf.Duration': 'a duration in seconds such as 1.5s',
  'google.protobuf.FieldMask': 'names of fields such as displayName,roles',
};

function expectedScalar(scalar: ScalarType): string {
  switch (scalar) {
    case ScalarType.STRING:
      return 'a string';
    case ScalarType.BOOL:
      return 'true or false';
    case ScalarType.BYTES:
      return 'base64';
    case ScalarType.DOUBLE:
    case ScalarType.FLOAT:
      return 'a number';
    case ScalarType.INT64:
    case ScalarType.SINT64:
    case ScalarType.SFIXED64:
    case ScalarType.UINT64:
    case ScalarType.FIXED64:
      return 'an integer of 64 bits, best given as a string';
    default:
      return 'an integer of 32 bits';
  }
}

export function isJsonObject(json: JsonValue | undefined): json is JsonObject {
  return typeof json === 'object' && json !== null && !Array.isArray(json);
}
