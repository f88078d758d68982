import type { DescService } from '@bufbuild/protobuf';
import { bindingsOf } from '../binding.ts';
import { failureResponses, problemSchemas } from './failures.ts';
import type { Schema } from './field-rules.ts';
import { operation, tagOf } from './operation.ts';
import { messagesWithin, Schemas } from './schemas.ts';

export interface OpenApiOptions {
  readonly title: string;
  readonly version: string;
  readonly contracts: readonly DescService[];
  readonly description?: string;
  /** An SPDX identifier, such as `MIT`. */
  readonly license?: string;
  /** Where the API is; relative to the document unless told otherwise. */
  readonly servers?: readonly { readonly url: string; readonly description?: string }[];
}

/** The OpenAPI 3.1 document of contracts, as `mount` serves them. Throws when a google.api.http option is wrong. */
export function openApi({
  title,
  version,
  contracts,
  description,
  license = 'MIT',
  servers = [{ url: '/' }],
}: OpenApiOptions): Schema {
  const bindings = contracts.flatMap(bindingsOf);
  const schemas = new Schemas(new Set(bindings.flatMap(({ method }) => [...messagesWithin(method.output)])));
  const paths: Record<string, Record<string, Schema>> = {};
  for (const [index, binding] of bindings.entries()) {
    const number = bindings.slice(0, index + 1).filter(({ method }) => method === binding.method).length;
    const { path, operation: described } = operation(binding, number, schemas);
    paths[path] = { ...paths[path], [binding.verb.toLowerCase()]: described };
  }

  return {
    openapi: '3.1.0',
    info: {
      title,
      version,
      ...(description !== undefined && { description }),
      license: { name: license, identifier: license },
    },
    servers,
    tags: contracts.map((contract) => ({
      name: tagOf({ parent: contract }),
      description: `Methods of ${contract.typeName}.`,
    })),
    paths,
    components: {
      schemas: { ...schemas.all, ...problemSchemas },
      responses: failureResponses,
      parameters: { IdempotencyKey: idempotencyKey },
      securitySchemes: {
        bearer: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT' },
        basic: { type: 'http', scheme: 'basic' },
      },
    },
  };
}

const idempotencyKey = {
  name: 'Idempotency-Key',
  in: 'header',
  description: 'Makes a repetition of the request have no further effect.',
  schema: { type: 'string', minLength: 1, maxLength: 200 },
};
