import {
  create,
  fromJson,
  ScalarType,
  type DescField,
  type DescMessage,
  type JsonObject,
  type JsonValue,
  type Message,
  type MessageInitShape,
} from '@bufbuild/protobuf';
import { StatusError, type FieldViolation } from '@ko/endpoint';
import type { Binding } from './binding.ts';
import { isJsonObject, jsonFaults } from './faults.ts';
import { impliedMask } from './implied-mask.ts';
import { decodeVariable } from './path-template.ts';
import { jsonFromText, jsonPath, pathName, type FieldPath } from './query.ts';

/** What of an HTTP request makes the message. */
export interface HttpParts {
  /** The variables of the path, still encoded. */
  readonly variables: readonly string[];
  readonly query: Readonly<Record<string, string | readonly string[] | undefined>>;
  readonly body: JsonValue | undefined;
}

/**
 * Reads the requests of a route. Most have nothing but what their path says, in strings: those fields are set as they are,
 * where others take the way through JSON.
 */
export function requestDecoder(binding: Binding): (parts: HttpParts) => Message {
  const { method, template, variables } = binding;
  if (!isSetByPath(binding)) return (parts) => decodeRequest(binding, parts);

  return (parts) => {
    if (parts.body !== undefined || Object.keys(parts.query).length > 0) return decodeRequest(binding, parts);
    const init: Record<string, string> = {};
    for (const [index, variable] of variables.entries()) {
      init[variable.field.localName] = decodeVariable(template, variable, parts.variables[index] ?? '');
    }
    // A record of the message's own fields, which only its descriptor knows.
    return create(method.input, init as MessageInitShape<DescMessage>);
  };
}

/** Whether the variables of a path are strings of the message itself, and the message an object in JSON. */
function isSetByPath({ method: { input }, variables }: Binding): boolean {
  if (input.typeName.startsWith('google.protobuf.')) return false;
  return variables.every(
    ({ field, fields }) =>
      fields.length === 1 &&
      field.fieldKind === 'scalar' &&
      field.scalar === ScalarType.STRING &&
      field.oneof === undefined,
  );
}

/** The message that an HTTP request makes by its binding. Throws `invalid_argument`, naming all that is wrong. */
function decodeRequest(binding: Binding, { variables, query, body }: HttpParts): Message {
  const { input } = binding.method;
  const violations: FieldViolation[] = [];
  const json = bodyJson(binding, body, violations);
  const mask = impliedMask(binding, body, query);
  if (mask !== undefined) json[mask.field.jsonName] = mask.paths.join(',');
  putQuery(binding, query, { json, violations });
  putVariables(binding, variables, { json, violations });
  if (violations.length > 0) throw malformed(input, { json, violations });

  try {
    return fromJson(input, json);
  } catch (error) {
    throw malformed(input, { json, violations }, error);
  }
}

/** The JSON of a request while it is put together. */
interface Draft {
  readonly json: JsonObject;
  readonly violations: FieldViolation[];
}

function bodyJson({ body: target }: Binding, body: JsonValue | undefined, violations: FieldViolation[]): JsonObject {
  if (body === undefined) return {};
  if (target === undefined) {
    violations.push({ field: '', description: 'the route takes no body', rule: 'http.body' });
    return {};
  }
  if (target !== '*') return { [target.jsonName]: body };
  if (isJsonObject(body)) return body;
  violations.push({ field: '', description: 'the body must be a JSON object', rule: 'json.type' });
  return {};
}

function putQuery(binding: Binding, query: HttpParts['query'], { json, violations }: Draft): void {
  for (const [name, value] of Object.entries(query)) {
    const parameter = binding.query.get(name);
    if (parameter === undefined) {
      violations.push({ field: name, description: unknownParameter(binding), rule: 'query.unknown_parameter' });
      continue;
    }
    const { field, fields } = parameter;
    const values = [value ?? []].flat().map((text) => jsonFromText(field, text));
    const before = put(json, parameter, field.fieldKind === 'list' ? values : (values[0] ?? ''));
    if (before === undefined && (field.fieldKind === 'list' || values.length === 1)) continue;
    violations.push({ field: pathName(fields), description: 'is given more than once', rule: 'query.repeated' });
  }
}

function putVariables({ template, variables }: Binding, encoded: readonly string[], { json, violations }: Draft): void {
  for (const [index, variable] of variables.entries()) {
    const value = jsonFromText(variable.field, decodeVariable(template, variable, encoded[index] ?? ''));
    const before = put(json, variable, value);
    if (before === undefined || before === null || before === '' || before === value) continue;
    const description = `is ${JSON.stringify(value)} in the path and something else in the body`;
    violations.push({ field: pathName(variable.fields), description, rule: 'http.conflict' });
  }
}

/** Sets a field, making the messages that lead to it. Returns what it was before. */
function put(json: JsonObject, { fields, field }: FieldPath, value: JsonValue): JsonValue | undefined {
  let target = json;
  for (const step of fields.slice(0, -1)) {
    const key = keyOf(target, step);
    const next = target[key] ?? {};
    // A value of the wrong type is left as it is, to be reported.
    if (!isJsonObject(next)) return undefined;
    target[key] = next;
    target = next;
  }
  const key = keyOf(target, field);
  const before = target[key];
  target[key] = value;
  return before;
}

/** JSON may name a field in two ways. */
function keyOf(json: JsonObject, field: DescField): string {
  return Object.hasOwn(json, field.name) ? field.name : field.jsonName;
}

function unknownParameter({ query }: Binding): string {
  const names = new Set([...query.values()].map(({ fields }) => jsonPath(fields)));
  return names.size === 0
    ? 'is unknown: the route has no query parameters'
    : `is unknown: there are ${[...names].join(', ')}`;
}

/** As many violations as one answer lists. */
const limit = 50;

function malformed(input: DescMessage, { json, violations: before }: Draft, cause?: unknown): StatusError {
  const violations = [...before];
  for (const fault of jsonFaults(input, json)) {
    if (violations.length >= limit) break;
    violations.push(fault);
  }
  const [first] = violations;
  const more = violations.length > 1 ? `, and ${violations.length - 1} more` : '';
  const message =
    first === undefined ? `the request is no ${input.typeName}` : `${first.field} ${first.description}${more}`;
  return new StatusError('invalid_argument', message.trim(), {
    reason: 'MALFORMED_REQUEST',
    violations: violations.slice(0, limit),
    cause,
  });
}
