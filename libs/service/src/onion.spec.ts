import { create } from '@bufbuild/protobuf';
import {
  BookSchema,
  ConformanceService,
  FailRequestSchema,
  type Book,
  type FailRequest,
} from '@ko/contracts/conformance';
import { createContext, StatusError, type Authenticated, type Context, type Endpoint, type Logger } from '@ko/endpoint';
import { ConcurrencyLimiter, type Scheme } from '@ko/middleware';
import { describe, expect, test } from 'vitest';
import { parseConfig, processConfig } from './config.ts';
import { clientMiddleware, serverMiddleware } from './onion.ts';
import { createTelemetry, type Telemetry } from './telemetry.ts';

const { echo, fail } = ConformanceService.method;
const never = new Promise<never>(() => undefined);

const anybody: Scheme = { name: 'Bearer', authenticate: async () => ({ subject: 'users/ada', roles: [] }) };
const nobody: Scheme = {
  name: 'Bearer',
  authenticate: async () => Promise.reject(new StatusError('unauthenticated', 'no')),
};
const hanging: Scheme = { name: 'Bearer', authenticate: () => never };

function telemetryOf(): Telemetry {
  return createTelemetry('test', parseConfig(processConfig, { LOG_LEVEL: 'silent' }));
}

function withToken(overrides: Partial<Context> = {}): Context {
  return createContext({ metadata: { authorization: 'Bearer x' }, ...overrides });
}

function invalidBook(): Book {
  return create(BookSchema, { count: 1_000_001 });
}

const answer: Endpoint<Book, Book, Context & Authenticated> = async (book) => book;
const refuse: Endpoint<FailRequest, Book, Context & Authenticated> = async () => create(BookSchema);

describe('what stands around an endpoint that is served', () => {
  test('measures and logs also what authentication refuses', async () => {
    const telemetry = telemetryOf();
    const lines: object[] = [];
    const endpoint = serverMiddleware({ telemetry, schemes: [nobody] })(refuse, fail);

    const call = endpoint(create(FailRequestSchema), withToken({ log: recording(lines) }));

    await expect(call).rejects.toMatchObject({ code: 'unauthenticated' });
    expect(lines).toMatchObject([{ method: 'ko.conformance.v1.ConformanceService/Fail', code: 'unauthenticated' }]);
    expect(await telemetry.metrics.metrics()).toMatch(/rpc_server_duration_seconds_count{.*code="unauthenticated"/);
  });

  test('lets no authentication outlast the deadline', async () => {
    const endpoint = serverMiddleware({ telemetry: telemetryOf(), schemes: [hanging], maxDeadline: 20 })(refuse, fail);

    await expect(endpoint(create(FailRequestSchema), withToken())).rejects.toMatchObject({ code: 'deadline_exceeded' });
  });

  test('refuses what is too much before it looks at credentials', async () => {
    const endpoint = serverMiddleware({
      telemetry: telemetryOf(),
      schemes: [hanging],
      maxDeadline: 200,
      limiter: new ConcurrencyLimiter({ initial: 1, min: 1 }),
    })(refuse, fail);

    const first = endpoint(create(FailRequestSchema), withToken());
    const second = endpoint(create(FailRequestSchema), withToken());

    await expect(second).rejects.toMatchObject({ code: 'resource_exhausted', reason: 'OVERLOADED' });
    await expect(first).rejects.toMatchObject({ code: 'deadline_exceeded' });
  });

  test('does not tell who may not call what is wrong with the request', async () => {
    const middleware = serverMiddleware({ telemetry: telemetryOf(), schemes: [anybody] });

    const denied = middleware(refuse, ConformanceService.method.wait)(create(FailRequestSchema), withToken());
    const invalid = middleware(answer, echo)(invalidBook(), withToken());

    await expect(denied).rejects.toMatchObject({ code: 'permission_denied' });
    await expect(invalid).rejects.toMatchObject({ code: 'invalid_argument', violations: [{ field: 'count' }] });
  });
});

describe('what stands around a call that is made', () => {
  test('retries within one deadline, and measures the call as one', async () => {
    const telemetry = telemetryOf();
    let attempts = 0;
    const flaky: Endpoint<Book, Book> = async (book) => {
      attempts += 1;
      if (attempts === 1) throw new StatusError('unavailable', 'not yet');
      return book;
    };

    const call = clientMiddleware({ telemetry })(flaky, echo)(create(BookSchema, { name: 'x' }), createContext());

    await expect(call).resolves.toMatchObject({ name: 'x' });
    expect(attempts).toBe(2);
    expect(await telemetry.metrics.metrics()).toMatch(/rpc_client_duration_seconds_count{.*code="ok".*} 1/);
  });

  test('passes credentials on, and no other metadata', async () => {
    let sent: Readonly<Record<string, string>> = {};
    const spy: Endpoint<Book, Book> = async (book, { outgoing }) => {
      sent = outgoing;
      return book;
    };
    const context = createContext({ metadata: { authorization: 'Bearer x', cookie: 'y' } });

    await clientMiddleware({ telemetry: telemetryOf() })(spy, echo)(create(BookSchema), context);

    expect(sent).toMatchObject({ authorization: 'Bearer x' });
    expect(sent).not.toHaveProperty('cookie');
  });
});

function recording(lines: object[]): Logger {
  const record = (fields: object): void => void lines.push(fields);
  return { debug: record, info: record, warn: record, error: record, child: () => recording(lines) };
}
