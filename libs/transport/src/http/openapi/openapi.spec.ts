import { createConfig, lintFromString } from '@redocly/openapi-core';
import { describe, expect, test } from 'vitest';
import { ConformanceService } from '@ko/contracts/conformance';
import { OrderService } from '@ko/contracts/order';
import { AuthService, UserService } from '@ko/contracts/user';
import { openApi } from './openapi.ts';

const contracts = [UserService, AuthService, OrderService];
const document = openApi({ title: 'ko', version: '1.0.0', description: 'A system', contracts });
const conformance = openApi({ title: 'conformance', version: '1.0.0', contracts: [ConformanceService] });

test.each([document, conformance])(
  'a public linter finds nothing to say, by all of its recommended rules',
  async (source) => {
    const config = await createConfig({ extends: ['recommended'] });
    const findings = await lintFromString({ source: JSON.stringify(source), config });

    expect(findings.map(({ ruleId, message }) => `${ruleId}: ${message}`)).toEqual([]);
  },
);

test('a fault in the document would be found', async () => {
  const config = await createConfig({ extends: ['recommended'] });
  const findings = await lintFromString({
    source: JSON.stringify({ ...document, paths: { '/x': { get: {} } } }),
    config,
  });

  expect(findings.length).toBeGreaterThan(0);
});

describe('paths', () => {
  test('have a parameter for each wildcard, and custom verbs', () => {
    expect(Object.keys(document.paths as object)).toEqual(
      expect.arrayContaining([
        '/v1/users/{user}',
        '/v1/users/{user}:disable',
        '/v1/sessions:signOut',
        '/.well-known/jwks.json',
        '/v1/orders:export',
      ]),
    );
  });

  test('of additional bindings are operations of their own', () => {
    const { paths } = conformance as { paths: Record<string, Record<string, { operationId: string }>> };
    const ids = Object.values(paths).flatMap((path) => Object.values(path).map(({ operationId }) => operationId));

    expect(ids.filter((id) => id.startsWith('ConformanceService_Echo'))).toEqual([
      'ConformanceService_Echo',
      'ConformanceService_Echo_2',
      'ConformanceService_Echo_5',
      'ConformanceService_Echo_3',
      'ConformanceService_Echo_4',
      'ConformanceService_Echo_6',
      'ConformanceService_Echo_7',
    ]);
  });

  test('keep the rule that the contract has for the variable', () => {
    expect(document).toHaveProperty(['paths', '/v1/users/{user}', 'get', 'parameters', 0], {
      name: 'user',
      in: 'path',
      required: true,
      schema: { type: 'string', pattern: '^(me|[0-9a-f-]{36})$' },
    });
  });
});

describe('an operation', () => {
  const operation = (path: string, verb: string) =>
    (document.paths as Record<string, Record<string, object>>)[path]?.[verb];

  test('says who may call it', () => {
    expect(operation('/v1/users', 'post')).toMatchObject({ summary: 'Create user', security: [] });
    expect(operation('/v1/users', 'get')).toMatchObject({
      description: 'Needs one of the roles: admin.',
      security: [{ bearer: [] }, { basic: [] }],
    });
  });

  test('has the query parameters that its route takes, with their rules', () => {
    expect(operation('/v1/users', 'get')).toMatchObject({
      parameters: [
        { name: 'pageSize', in: 'query', schema: { type: 'integer', minimum: 0, maximum: 200 } },
        { name: 'pageToken', in: 'query', schema: { type: 'string', maxLength: 200 } },
      ],
    });
  });

  test('takes an idempotency key when repeating it is not safe by itself', () => {
    const key = { $ref: '#/components/parameters/IdempotencyKey' };

    expect(operation('/v1/orders', 'post')).toMatchObject({ parameters: [key] });
    expect(operation('/v1/sessions:signOut', 'post')).toMatchObject({ parameters: [] });
  });

  test('does not ask in the body for what the path has', () => {
    expect(operation('/v1/orders/{order}:pay', 'post')).toMatchObject({
      requestBody: {
        required: true,
        content: {
          'application/json': {
            schema: {
              properties: { paymentReference: { type: 'string', minLength: 1 } },
              required: ['paymentReference'],
            },
          },
        },
      },
    });
  });

  test('of a stream answers with lines or events', () => {
    expect(operation('/v1/orders:export', 'get')).toHaveProperty([
      'responses',
      '200',
      'content',
      'application/x-ndjson',
    ]);
    expect(operation('/v1/orders:export', 'get')).toHaveProperty(['responses', '200', 'content', 'text/event-stream']);
  });
});

describe('a schema', () => {
  const schemas = (document.components as { schemas: Record<string, object> }).schemas;

  test('of a request has the rules of its fields, refuses others, and hides secrets', () => {
    expect(schemas.CreateUserRequest).toEqual({
      type: 'object',
      properties: {
        email: { type: 'string', format: 'email', maxLength: 254 },
        password: { type: 'string', minLength: 10, maxLength: 200, format: 'password', writeOnly: true },
        displayName: { type: 'string', maxLength: 100 },
      },
      required: ['email', 'password'],
      additionalProperties: false,
    });
  });

  test('of a response names what is always there, and allows for more', () => {
    expect(schemas.User).toMatchObject({ required: ['name', 'email', 'displayName', 'state', 'roles'] });
    expect(schemas.User).not.toHaveProperty('additionalProperties');
  });

  test('of a message that goes both ways is made twice', () => {
    expect(schemas.UserInput).toMatchObject({
      properties: { roles: { type: 'array', maxItems: 10, uniqueItems: true, items: { enum: ['admin'] } } },
      additionalProperties: false,
    });
  });

  test('names enums and times as JSON has them', () => {
    expect(schemas['Order.State']).toMatchObject({
      type: 'string',
      enum: expect.arrayContaining(['STATE_PAID']) as unknown,
    });
    expect(schemas.Order).toMatchObject({ properties: { createTime: { type: 'string', format: 'date-time' } } });
  });
});
