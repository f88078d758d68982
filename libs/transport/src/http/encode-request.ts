import { toJson, type JsonObject, type JsonValue, type Message } from '@bufbuild/protobuf';
import { StatusError } from '@ko/endpoint';
import type { Binding } from './binding.ts';
import { isJsonObject } from './faults.ts';
import { expandTemplate, variableSource } from './path-template.ts';
import { jsonPath, pathName, type FieldPath } from './query.ts';

/** A request as HTTP carries it by its binding. */
interface EncodedRequest {
  /** With the query. */
  readonly path: string;
  readonly body: string | undefined;
}

/** Encodes a message by its binding. Throws `invalid_argument` when it holds what the route has no place for. */
export function encodeRequest(binding: Binding, message: Message): EncodedRequest {
  const { method, template, variables, body: target } = binding;
  // A message of the contract is an object in JSON, and ours to take apart.
  const json = toJson(method.input, message) as JsonObject;
  const values = variables.map((variable) => textOf(take(json, variable)));
  const path = expandTemplate(template, values);
  if (path === undefined) throw unfit(binding, values);
  if (target === '*') return { path, body: JSON.stringify(json) };

  const body =
    target === undefined ? undefined : JSON.stringify(take(json, { fields: [target], field: target }) ?? null);
  const query = queryOf(binding, json);
  return { path: query === '' ? path : `${path}?${query}`, body };
}

function queryOf({ query: parameters, verb, template }: Binding, json: JsonObject): string {
  const query = new URLSearchParams();
  for (const parameter of new Set(parameters.values())) {
    const value = take(json, parameter);
    if (value === undefined) continue;
    for (const item of Array.isArray(value) ? value : [value]) query.append(jsonPath(parameter.fields), textOf(item));
  }
  const [left] = Object.keys(json);
  if (left === undefined) return query.toString();
  throw new StatusError('invalid_argument', `${left} cannot be sent with ${verb} ${template.source}`);
}

/** Takes a field out of JSON, along with the messages that hold nothing else. */
function take(json: JsonObject, { fields: [first, ...rest], field }: FieldPath): JsonValue | undefined {
  if (first === undefined) return undefined;
  const value = json[first.jsonName];
  if (rest.length === 0) {
    Reflect.deleteProperty(json, first.jsonName);
    return value;
  }
  if (!isJsonObject(value)) return undefined;
  const taken = take(value, { fields: rest, field });
  if (Object.keys(value).length === 0) Reflect.deleteProperty(json, first.jsonName);
  return taken;
}

/** Scalars, and messages that are one string in JSON, are all that a path or a query has. */
function textOf(value: JsonValue | undefined): string {
  return typeof value === 'string' ? value : JSON.stringify(value ?? '');
}

function unfit({ template, variables }: Binding, values: readonly string[]): StatusError {
  const violations = variables
    .filter(
      (variable, index) => expandTemplate({ ...template, variables: [variable] }, [values[index] ?? '']) === undefined,
    )
    .map((variable) => ({
      field: pathName(variable.fields),
      description: `must look like ${variableSource(template, variable)}`,
      rule: 'http.path',
    }));
  const names = violations.map(({ field, description }) => `${field} ${description}`).join(', and ');
  return new StatusError('invalid_argument', names, { reason: 'MALFORMED_REQUEST', violations });
}
