import { getOption, hasOption, type DescMethod } from '@bufbuild/protobuf';
import { access } from '@ko/contracts/options';
import { isIdempotent } from '@ko/endpoint';
import type { Binding } from '../binding.ts';
import { jsonPath } from '../query.ts';
import { fieldSchema, type Schema } from './field-rules.ts';
import { openApiPath, type OpenApiPath } from './path.ts';
import type { Schemas } from './schemas.ts';

/** Who may call a method, as its contract says. */
interface Callers {
  readonly isPublic: boolean;
  readonly description: string;
}

/** The operation of a route; the number tells the routes of one method apart, from 1. */
export function operation(
  binding: Binding,
  number: number,
  schemas: Schemas,
): OpenApiPath & { readonly operation: Schema } {
  const { method } = binding;
  const { path, parameters } = openApiPath(binding, schemas);
  const { isPublic, description } = callers(method);
  const body = requestBody(binding, schemas);

  return {
    path,
    parameters,
    operation: {
      operationId: `${method.parent.name}_${method.name}${number > 1 ? `_${number}` : ''}`,
      summary: summary(method),
      description,
      tags: [tagOf(method)],
      ...(method.deprecated && { deprecated: true }),
      parameters: [...parameters, ...queryParameters(binding, schemas), ...idempotencyKey(binding)],
      ...(body !== undefined && { requestBody: body }),
      responses: responses(binding, isPublic, schemas),
      security: isPublic ? [] : [{ bearer: [] }, { basic: [] }],
    },
  };
}

/** The name under which a service's operations are gathered. */
export function tagOf({ parent }: Pick<DescMethod, 'parent'>): string {
  return parent.name.replace(/(?<=.)Service$/, '');
}

function summary({ name }: DescMethod): string {
  const words = name.replace(/(?<=[a-z\d])(?=[A-Z])/g, ' ').toLowerCase();
  return words.charAt(0).toUpperCase() + words.slice(1);
}

function callers(method: DescMethod): Callers {
  if (!hasOption(method, access)) return { isPublic: false, description: 'Nobody may call it.' };
  const { public: isPublic, roles } = getOption(method, access);
  if (isPublic) return { isPublic, description: 'Anybody may call it.' };
  return {
    isPublic,
    description: roles.length > 0 ? `Needs one of the roles: ${roles.join(', ')}.` : 'Needs a signed-in caller.',
  };
}

function queryParameters({ query, verb }: Binding, schemas: Schemas): readonly Schema[] {
  return [...new Set(query.values())].map(({ fields, field }) => {
    // A PATCH without a mask changes what its body has.
    const implied = verb === 'PATCH' && field.name === 'update_mask';
    const required = fields.length === 1 && !implied && fieldSchema(field).required;
    return {
      name: jsonPath(fields),
      in: 'query',
      ...(required && { required }),
      schema: schemas.field(field, 'request'),
    };
  });
}

function requestBody({ method, body, variables }: Binding, schemas: Schemas): Schema | undefined {
  if (body === undefined) return undefined;
  if (body !== '*') {
    const content = { 'application/json': { schema: schemas.field(body, 'request') } };
    return { required: fieldSchema(body).required, content };
  }
  const bound = new Set(variables.flatMap(({ fields, field }) => (fields.length === 1 ? [field] : [])));
  const schema = schemas.object(method.input, 'request', bound);
  const named = bound.size === 0 ? schemas.message(method.input, 'request') : schema;
  return { required: 'required' in schema, content: { 'application/json': { schema: named } } };
}

function idempotencyKey({ verb, method }: Binding): readonly Schema[] {
  return verb === 'POST' && !isIdempotent(method) ? [{ $ref: '#/components/parameters/IdempotencyKey' }] : [];
}

function responses(binding: Binding, isPublic: boolean, schemas: Schemas): Schema {
  const refused = {
    ...(!isPublic && { 401: 'Unauthenticated', 403: 'PermissionDenied' }),
    ...(binding.variables.length > 0 && { 404: 'NotFound' }),
  };
  const failures = { 400: 'InvalidArgument', ...refused, 429: 'ResourceExhausted', default: 'Failure' };
  return {
    200: { description: 'OK', content: content(binding, schemas) },
    ...Object.fromEntries(
      Object.entries(failures).map(([status, name]) => [status, { $ref: `#/components/responses/${name}` }]),
    ),
  };
}

function content({ method, responseBody }: Binding, schemas: Schemas): Schema {
  const schema =
    responseBody === undefined ? schemas.message(method.output, 'response') : schemas.field(responseBody, 'response');
  if (method.methodKind === 'unary') return { 'application/json': { schema } };
  const error = { $ref: '#/components/schemas/Problem' };
  return {
    'application/x-ndjson': {
      schema: { type: 'object', description: 'One line of the stream.', properties: { result: schema, error } },
    },
    'text/event-stream': {
      schema: { type: 'string', description: 'An event for each message, then `end`, or `error` with a problem.' },
    },
  };
}
