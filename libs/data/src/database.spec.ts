import { create } from '@bufbuild/protobuf';
import { BookSchema, ConformanceService } from '@ko/contracts/conformance';
import { createContext, type Endpoint } from '@ko/endpoint';
import { expect, test } from 'vitest';
import { leftSignal } from './callers.ts';
import { databaseCalls } from './calls.ts';
import { openDatabase } from './database.ts';
import { isUniqueViolation } from './errors.ts';
import { serverUrl } from './testing/index.ts';

/** The part of a generated client that opening one needs. */
const client = () => ({ $disconnect: async () => {}, $extends: () => client() });
const { echo, download } = ConformanceService.method;

test('a database is ready while Postgres answers, and connects to nothing before', async () => {
  const database = openDatabase(client, { url: serverUrl() });

  await expect(database.ready()).resolves.toBeUndefined();
  await database.stop();
});

test('a database whose Postgres is away can be opened, and is not ready', async () => {
  const database = openDatabase(client, { url: 'postgresql://postgres@127.0.0.1:1/x' });

  await expect(database.ready()).rejects.toMatchObject({ code: 'unavailable', reason: 'DATABASE_UNAVAILABLE' });
  await database.stop();
});

test('a database says which timeouts are in force, and how its connections are', async () => {
  const database = openDatabase(client, { url: serverUrl(), poolSize: 3, statementTimeout: 4_000 });
  await database.ready();

  expect(database.pool()).toEqual({ total: 1, idle: 1, waiting: 0, max: 3 });
  expect(database.timeouts).toContainEqual({
    what: 'database statement',
    milliseconds: 4_000,
    from: 'openDatabase: statementTimeout',
  });
  await database.stop();
});

test('the items of a stream are made for its caller', async () => {
  const { signal } = new AbortController();
  async function* signals() {
    yield leftSignal();
    await Promise.resolve();
    yield leftSignal();
  }
  const endpoint: Endpoint<null, AsyncIterable<AbortSignal | undefined>> = async () => signals();

  const stream = await databaseCalls()(endpoint, download)(null, createContext({ signal }));

  for await (const seen of stream) expect(seen).toBe(signal);
  expect.assertions(2);
});

test.each([
  [Object.assign(new Error("Can't reach database server"), { code: 'P1001' }), 'unavailable'],
  [new Error('timeout exceeded when trying to connect'), 'unavailable'],
  [new Error('canceling statement due to statement timeout'), 'deadline_exceeded'],
])('%s becomes %s', async (error, code) => {
  const failing: Endpoint<unknown, unknown> = async () => Promise.reject(error);

  const call = databaseCalls()(failing, echo)(create(BookSchema), createContext());

  await expect(call).rejects.toMatchObject({ code, cause: error });
});

test('other errors stay what they are', async () => {
  const error = Object.assign(new Error('taken'), { code: 'P2002' });
  const failing: Endpoint<unknown, unknown> = async () => Promise.reject(error);

  await expect(databaseCalls()(failing, echo)(null, createContext())).rejects.toBe(error);
  expect(isUniqueViolation(error)).toBe(true);
});
