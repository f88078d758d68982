import type { DescField } from '@bufbuild/protobuf';
import type { Binding, BoundVariable } from '../binding.ts';
import { jsonPath } from '../query.ts';
import { fieldSchema, type Schema } from './field-rules.ts';
import type { Schemas } from './schemas.ts';

/** A route's path in the terms of OpenAPI, where a parameter is one segment. */
export interface OpenApiPath {
  readonly path: string;
  readonly parameters: readonly Schema[];
}

/** Each wildcard becomes a parameter: of its field, when it is all of it, or of the collection before it. */
export function openApiPath({ template, variables }: Binding, schemas: Schemas): OpenApiPath {
  const parameters: Schema[] = [];
  const segments = template.segments.map((segment, index) => {
    if (segment !== '*' && segment !== '**') return segment;
    const variable = variables.find(({ start, end }) => start <= index && index < end);
    const literal = index > 0 ? template.segments[index - 1] : undefined;
    const whole = variable !== undefined && variable.end - variable.start === 1;
    const name = whole
      ? jsonPath(variable.fields)
      : `${singular(literal ?? '')}${literal === undefined ? `segment${index}` : ''}`;
    parameters.push({
      name,
      in: 'path',
      required: true,
      ...(segment === '**' && { description: 'Any number of segments, with their slashes.' }),
      schema: schemaOf(variable, schemas, { whole, before: template.segments.slice(variable?.start, index) }),
    });
    return `{${name}}`;
  });
  return { path: `/${segments.join('/')}${template.verb === '' ? '' : `:${template.verb}`}`, parameters };
}

interface Place {
  /** Whether the wildcard is all of its variable. */
  readonly whole: boolean;
  /** The segments of the variable before the wildcard. */
  readonly before: readonly string[];
}

function schemaOf(variable: BoundVariable | undefined, schemas: Schemas, { whole, before }: Place): Schema {
  if (variable === undefined) return { type: 'string' };
  if (whole) return schemas.field(variable.field, 'request');
  return { type: 'string', ...restOfPattern(variable.field, `^${before.join('/')}/`) };
}

/** A rule such as `^users/[a-z]+$` says, behind the literal, what the wildcard may be. */
function restOfPattern(field: DescField, prefix: string): Schema {
  const { pattern } = fieldSchema(field).schema;
  return typeof pattern === 'string' && pattern.startsWith(prefix)
    ? { pattern: `^${pattern.slice(prefix.length)}` }
    : {};
}

function singular(collection: string): string {
  return collection.replace(/ies$/, 'y').replace(/([^s])s$/, '$1');
}
