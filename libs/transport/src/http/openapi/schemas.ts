import { ScalarType, type DescEnum, type DescField, type DescMessage } from '@bufbuild/protobuf';
import { isWrapper } from '../query.ts';
import { fieldSchema, type Schema } from './field-rules.ts';

/** Whether a message is sent to the server or comes from it: what it must have, and may have, differs. */
type Direction = 'request' | 'response';

/** The JSON schemas of messages, named and gathered as they are asked for. */
export class Schemas {
  readonly #types = new Map<string, DescMessage | DescEnum>();
  readonly #schemas = new Map<string, Schema>();
  readonly #answered: ReadonlySet<DescMessage>;

  /** @param answered the messages that responses are made of: a request made of one of them has a schema apart */
  constructor(answered: ReadonlySet<DescMessage>) {
    this.#answered = answered;
  }

  /** By name, in the order of the names. */
  get all(): Readonly<Record<string, Schema>> {
    return Object.fromEntries([...this.#schemas].sort(([a], [b]) => a.localeCompare(b)));
  }

  message(message: DescMessage, direction: Direction): Schema {
    const wellKnown = wellKnownTypes[message.typeName];
    if (wellKnown !== undefined) return wellKnown;
    const [value] = message.fields;
    if (isWrapper(message) && value !== undefined) return this.field(value, direction);
    const suffix = direction === 'request' && this.#answered.has(message) ? 'Input' : '';
    return this.#reference(message, suffix, () => this.object(message, direction));
  }

  /** The schema of a message without the fields that come otherwise. */
  object(message: DescMessage, direction: Direction, without: ReadonlySet<DescField> = new Set()): Schema {
    const fields = message.fields.filter((field) => !without.has(field));
    const required = fields.filter((field) =>
      direction === 'request' ? fieldSchema(field).required : isAlwaysSent(field),
    );
    return {
      type: 'object',
      ...(fields.length > 0 && {
        properties: Object.fromEntries(fields.map((field) => [field.jsonName, this.field(field, direction)])),
      }),
      ...(required.length > 0 && { required: required.map((field) => field.jsonName) }),
      ...(direction === 'request' && { additionalProperties: false }),
    };
  }

  field(field: DescField, direction: Direction): Schema {
    const { schema: rules, items } = direction === 'request' ? fieldSchema(field) : { schema: {}, items: {} };
    const secret = field.proto.options?.debugRedact === true;
    return {
      ...this.#typed(field, direction, items),
      ...rules,
      ...(secret && { format: 'password' }),
      ...(secret && direction === 'request' && { writeOnly: true }),
      ...(field.deprecated && { deprecated: true }),
    };
  }

  #typed(field: DescField, direction: Direction, items: Schema): Schema {
    const value = this.#value(field, direction);
    if (field.fieldKind === 'list') return { type: 'array', items: { ...value, ...items } };
    return field.fieldKind === 'map' ? { type: 'object', additionalProperties: value } : value;
  }

  #value({ scalar, enum: enumeration, message }: DescField, direction: Direction): Schema {
    if (message !== undefined) return this.message(message, direction);
    if (enumeration === undefined) return scalarSchema(scalar);
    const names = enumeration.values.map(({ name }) => name);
    return this.#reference(enumeration, '', () => ({ type: 'string', enum: names }));
  }

  #reference(type: DescMessage | DescEnum, suffix: string, schema: () => Schema): Schema {
    const { typeName } = type;
    const short = typeName.slice(type.file.proto.package.length + 1) + suffix;
    const owner = this.#types.get(short) ?? type;
    const name = owner === type ? short : typeName + suffix;
    if (!this.#schemas.has(name)) {
      this.#types.set(name, type);
      // A message may lie within itself: its name has to stand before its schema does.
      this.#schemas.set(name, {});
      this.#schemas.set(name, schema());
    }
    return { $ref: `#/components/schemas/${name}` };
  }
}

/** A message and all that lie within it. */
export function messagesWithin(message: DescMessage, found = new Set<DescMessage>()): Set<DescMessage> {
  if (found.has(message)) return found;
  found.add(message);
  for (const { message: within } of message.fields) if (within !== undefined) messagesWithin(within, found);
  return found;
}

/** Answers have all fields but absent messages, absent optional fields and what a choice did not choose. */
function isAlwaysSent(field: DescField): boolean {
  return field.fieldKind !== 'message' && field.oneof === undefined && !field.proto.proto3Optional;
}

const wellKnownTypes: Readonly<Record<string, Schema>> = {
  'google.protobuf.Timestamp': { type: 'string', format: 'date-time' },
  'google.protobuf.Duration': { type: 'string', pattern: '^-?\\d+(\\.\\d{1,9})?s$', examples: ['1.5s'] },
  'google.protobuf.FieldMask': { type: 'string', examples: ['displayName,roles'] },
  'google.protobuf.Empty': { type: 'object' },
  'google.protobuf.Struct': { type: 'object', additionalProperties: true },
  'google.protobuf.Value': {},
  'google.protobuf.ListValue': { type: 'array', items: {} },
};

function scalarSchema(scalar: ScalarType): Schema {
  switch (scalar) {
    case ScalarType.STRING:
      return { type: 'string' };
    case ScalarType.BOOL:
      return { type: 'boolean' };
    case ScalarType.BYTES:
      return { type: 'string', contentEncoding: 'base64' };
    case ScalarType.DOUBLE:
    case ScalarType.FLOAT:
      return { type: 'number' };
    case ScalarType.INT64:
    case ScalarType.SINT64:
    case ScalarType.SFIXED64:
      return { type: 'string', format: 'int64', pattern: '^-?\\d+$' };
    case ScalarType.UINT64:
    case ScalarType.FIXED64:
      return { type: 'string', format: 'uint64', pattern: '^\\d+$' };
    case ScalarType.UINT32:
    case ScalarType.FIXED32:
      return { type: 'integer', minimum: 0, maximum: 2 ** 32 - 1 };
    default:
      return { type: 'integer', format: 'int32' };
  }
}
