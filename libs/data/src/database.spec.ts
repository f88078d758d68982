import { create } from '@bufbuild/protobuf';
import { BookSchema, ConformanceService } from '@ko/contracts/conformance';
import { createContext, type Endpoint } from '@ko/endpoint';
import { expect, test } from 'vitest';
import { openDatabase } from './database.ts';
import { databaseErrors, isUniqueViolation } from './errors.ts';
import { serverUrl } from './testing/index.ts';

/** The part of a generated client that opening one needs. */
const client = () => ({ $disconnect: async () => {} });
const { echo } = ConformanceService.method;

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

test.each([
  [Object.assign(new Error("Can't reach database server"), { code: 'P1001' }), 'unavailable'],
  [new Error('timeout exceeded when trying to connect'), 'unavailable'],
  [new Error('canceling statement due to statement timeout'), 'deadline_exceeded'],
])('%s becomes %s', async (error, code) => {
  const failing: Endpoint<unknown, unknown> = async () => Promise.reject(error);

  const call = databaseErrors()(failing, echo)(create(BookSchema), createContext());

  await expect(call).rejects.toMatchObject({ code, cause: error });
});

test('other errors stay what they are', async () => {
  const error = Object.assign(new Error('taken'), { code: 'P2002' });
  const failing: Endpoint<unknown, unknown> = async () => Promise.reject(error);

  await expect(databaseErrors()(failing, echo)(null, createContext())).rejects.toBe(error);
  expect(isUniqueViolation(error)).toBe(true);
});
