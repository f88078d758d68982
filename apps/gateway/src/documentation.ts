import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { DescService } from '@bufbuild/protobuf';
import swagger, { type StaticDocumentSpec } from '@fastify/swagger';
import swaggerUi from '@fastify/swagger-ui';
import { product } from '@ko/service';
import { openApi } from '@ko/transport';
import type { FastifyInstance } from 'fastify';

/** Serves the OpenAPI document of the contracts at `/openapi.json`, and at `/docs` a page to read and try it. */
export async function document(app: FastifyInstance, contracts: readonly DescService[]): Promise<void> {
  const document = openApi({ title: product.title, version: '1', contracts });
  app.get('/openapi.json', () => document);
  // The plugin hands the document on as it is, but its types stop at OpenAPI 3.0.
  const specification = { document: document as unknown as StaticDocumentSpec['document'] };
  await app.register(swagger, { mode: 'static', specification });
  const files = fileURLToPath(new URL('static', import.meta.resolve('@fastify/swagger-ui')));
  await app.register(swaggerUi, {
    routePrefix: '/docs',
    baseDir: files,
    logo: { type: 'image/svg+xml', content: await readFile(join(files, 'logo.svg')) },
    staticCSP: true,
    uiConfig: { url: '/openapi.json' },
  });
}
