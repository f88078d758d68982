import type { DescField, DescMessage, JsonObject, JsonValue } from '@bufbuild/protobuf';
import type { Binding } from './binding.ts';
import { isJsonObject } from './faults.ts';
import { jsonPath } from './query.ts';

/**
 * The update_mask of a PATCH that has none: the fields that its body has, but for those that the path names (AIP-134).
 * Undefined when the request has no such field, when the mask is given, or when the body is empty.
 */
export function impliedMask(
  { verb, method, body: target, variables }: Binding,
  body: JsonValue | undefined,
  query: Readonly<Record<string, unknown>>,
): { field: DescField; paths: readonly string[] } | undefined {
  const field = method.input.fields.find(({ name }) => name === 'update_mask');
  if (verb !== 'PATCH' || field?.message?.typeName !== 'google.protobuf.FieldMask') return undefined;
  if (field.name in query || field.jsonName in query) return undefined;
  if (target === '*' || target?.message === undefined || !isJsonObject(body)) return undefined;

  const named = new Set(variables.map(({ fields: [first, ...rest] }) => (first === target ? jsonPath(rest) : '')));
  const paths = givenPaths(target.message, body).filter((path) => !named.has(path));
  return paths.length === 0 ? undefined : { field, paths };
}

function givenPaths(message: DescMessage, json: JsonObject): readonly string[] {
  return Object.entries(json).flatMap(([key, value]) => {
    const field = message.fields.find(({ name, jsonName }) => name === key || jsonName === key);
    if (field === undefined) return [];
    if (field.fieldKind !== 'message' || !isJsonObject(value)) return [field.jsonName];
    const within = givenPaths(field.message, value).map((path) => `${field.jsonName}.${path}`);
    return within.length === 0 ? [field.jsonName] : within;
  });
}
