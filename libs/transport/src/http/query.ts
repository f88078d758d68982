import { ScalarType, type DescField, type DescMessage, type JsonValue } from '@bufbuild/protobuf';

/** A field somewhere in a message. */
export interface FieldPath {
  /** The fields that lead to it, and itself. */
  readonly fields: readonly DescField[];
  readonly field: DescField;
}

/** Messages that are one string in JSON. */
const stringMessages = new Set(['google.protobuf.Timestamp', 'google.protobuf.Duration', 'google.protobuf.FieldMask']);

/**
 * What may come in the query, by each name that it may have there: in the contract's names or in those of JSON, with
 * dots between a message and its fields. Maps, lists of messages and messages within themselves may not.
 *
 * @param bound names of the fields, such as `user.name`, that come in the path or in the body
 */
export function queryParameters(message: DescMessage, bound: ReadonlySet<string>): ReadonlyMap<string, FieldPath> {
  const parameters = new Map<string, FieldPath>();
  const visit = (
    within: DescMessage,
    path: readonly DescField[],
    names: readonly string[],
    seen: readonly DescMessage[],
  ) => {
    for (const field of within.fields) {
      const fields = [...path, field];
      if (bound.has(pathName(fields))) continue;
      const aliases = names.flatMap((prefix) => [prefix + field.name, prefix + field.jsonName]);
      if (isLeaf(field)) {
        const parameter = { fields, field };
        for (const alias of aliases) parameters.set(alias, parameter);
      } else if (field.fieldKind === 'message' && !seen.includes(field.message) && !isWellKnown(field.message)) {
        visit(
          field.message,
          fields,
          [...new Set(aliases)].map((alias) => `${alias}.`),
          [...seen, field.message],
        );
      }
    }
  };
  visit(message, [], [''], [message]);
  return parameters;
}

/** The contract's name of a field with those that lead to it: `user.name`. */
export function pathName(fields: readonly DescField[]): string {
  return fields.map((field) => field.name).join('.');
}

/** JSON's name of a field with those that lead to it: `user.displayName`. */
export function jsonPath(fields: readonly DescField[]): string {
  return fields.map((field) => field.jsonName).join('.');
}

/** What a string in a path or a query is in JSON. Whether it fits the field, `fromJson` judges. */
export function jsonFromText(field: DescField, text: string): JsonValue {
  const { scalar, message } = field;
  if (scalar === ScalarType.BOOL || message?.typeName === 'google.protobuf.BoolValue') {
    return text === 'true' || (text === 'false' ? false : text);
  }
  if (field.enum !== undefined) return /^-?\d+$/.test(text) ? Number(text) : text;
  if (message?.typeName === 'google.protobuf.FieldMask') return camelCase(text);
  return text;
}

/** A path in the names of JSON, from one in those of the contract. */
export function camelCase(path: string): string {
  return path.replace(/_([a-z\d])/g, (_, letter: string) => letter.toUpperCase());
}

function isLeaf(field: DescField): boolean {
  switch (field.fieldKind) {
    case 'map':
      return false;
    case 'list':
      return field.listKind !== 'message' || isText(field.message);
    case 'message':
      return isText(field.message);
    default:
      return true;
  }
}

/** Whether a message is one value in JSON. */
function isText(message: DescMessage): boolean {
  return stringMessages.has(message.typeName) || isWrapper(message);
}

/** Whether a message is a scalar with presence, and bare in JSON. */
export function isWrapper(message: DescMessage): boolean {
  return message.file.name === 'google/protobuf/wrappers';
}

function isWellKnown(message: DescMessage): boolean {
  return message.typeName.startsWith('google.protobuf.');
}
