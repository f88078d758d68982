import { createContext, type Endpoint } from '@ko/endpoint';
import { ConformanceService } from '@ko/contracts/conformance';
import { PrismaPg } from '@prisma/adapter-pg';
import { expect, test } from 'vitest';
import { databaseCalls } from './calls.ts';
import { serverUrl } from './testing/index.ts';

const { echo } = ConformanceService.method;

test('a query whose connection Postgres ends becomes unavailable', async () => {
  const connection = await new PrismaPg({ connectionString: serverUrl(), max: 1 }).connect();
  const sql = 'SELECT pg_terminate_backend(pg_backend_pid())';
  // As Prisma's client hands it on.
  const query: Endpoint<unknown, unknown> = async () => {
    try {
      return await connection.queryRaw({ sql, args: [], argTypes: [] });
    } catch (driverAdapterError) {
      throw Object.assign(new Error('Raw query failed'), { code: 'P2010', meta: { driverAdapterError } });
    }
  };

  const call = databaseCalls()(query, echo)(null, createContext());

  await expect(call).rejects.toMatchObject({ code: 'unavailable', reason: 'DATABASE_UNAVAILABLE' });
  await connection.dispose();
});

test('a transaction that Prisma could not start in time becomes unavailable', async () => {
  const message = 'Transaction API error: Unable to start a transaction in the given time.';
  const error = Object.assign(new Error(message), { code: 'P2028' });
  const failing: Endpoint<unknown, unknown> = async () => Promise.reject(error);

  const call = databaseCalls()(failing, echo)(null, createContext());

  await expect(call).rejects.toMatchObject({ code: 'unavailable', cause: error });
});
