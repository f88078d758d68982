import { camelCase } from '../query.ts';
import { getOption, hasOption, toJson, type DescField } from '@bufbuild/protobuf';
import { field as fieldOption, FieldRulesSchema, type FieldRules } from '@ko/contracts/validate';

export type Schema = Readonly<Record<string, unknown>>;

/** The rules of a field as JSON has them: only those that are stated, 64-bit integers as strings. */
type Rules = Readonly<Record<string, string | number | boolean | readonly string[] | undefined>>;

/** What buf.validate demands of a field, in the terms of JSON Schema. */
interface FieldSchema {
  /** Of the field, or of a list or map as a whole. */
  readonly schema: Schema;
  /** Of the items of a list. */
  readonly items: Schema;
  /** Whether a message without the field is wrong. */
  readonly required: boolean;
}

/** Reads the rules of a field. Those that JSON Schema cannot say are left to the server. */
export function fieldSchema(field: DescField): FieldSchema {
  if (!hasOption(field, fieldOption)) return { schema: {}, items: {}, required: false };
  const rules = getOption(field, fieldOption);
  const items = rules.type.case === 'repeated' ? rules.type.value.items : undefined;
  const schema = schemaOf(rules);
  return {
    schema,
    items: items === undefined ? {} : schemaOf(items),
    required: rules.required || (hasImplicitPresence(field) && refusesEmpty(schema)),
  };
}

function schemaOf(rules: FieldRules): Schema {
  const kind = rules.type.case;
  if (kind === undefined) return {};
  // The JSON of a message is an object, and one of FieldRules has its rules under the name of their kind.
  const json = toJson(FieldRulesSchema, rules) as Readonly<Record<string, Rules>>;
  return stated(keywords(kind, json[kind] ?? {}));
}

function keywords(kind: string, rules: Rules): Schema {
  switch (kind) {
    case 'string':
      return {
        minLength: number(rules.minLen ?? rules.len),
        maxLength: number(rules.maxLen ?? rules.len),
        pattern: rules.pattern ?? (rules.prefix === undefined ? undefined : `^${String(rules.prefix)}`),
        enum: rules.in,
        format: ['email', 'uri', 'uuid'].find((format) => rules[format] === true),
      };
    case 'int32':
    case 'uint32':
      return {
        minimum: rules.gte,
        exclusiveMinimum: rules.gt,
        maximum: rules.lte,
        exclusiveMaximum: rules.lt,
      };
    case 'repeated':
      return { minItems: number(rules.minItems), maxItems: number(rules.maxItems), uniqueItems: rules.unique };
    case 'map':
      return { maxProperties: number(rules.maxPairs) };
    case 'fieldMask':
      return { description: maskDescription(rules.in) };
    default:
      return {};
  }
}

function maskDescription(paths: unknown): string | undefined {
  return Array.isArray(paths) ? `Some of ${paths.map(camelCase).join(', ')}, separated by commas.` : undefined;
}

/** Fields without presence are checked even when they are not sent, with their default. */
function refusesEmpty({
  minLength,
  minItems,
  pattern,
  format,
  minimum,
  exclusiveMinimum,
  enum: values,
}: Schema): boolean {
  if (typeof pattern === 'string') return !new RegExp(pattern).test('');
  if (Array.isArray(values)) return !values.includes('');
  return (
    format !== undefined ||
    [minLength, minItems, minimum].some((least) => typeof least === 'number' && least > 0) ||
    (typeof exclusiveMinimum === 'number' && exclusiveMinimum >= 0)
  );
}

function hasImplicitPresence(field: DescField): boolean {
  return field.fieldKind !== 'message' && field.oneof === undefined && !field.proto.proto3Optional;
}

function number(value: unknown): number | undefined {
  return value === undefined ? undefined : Number(value);
}

function stated(schema: Schema): Schema {
  return Object.fromEntries(Object.entries(schema).filter(([, value]) => value !== undefined));
}
