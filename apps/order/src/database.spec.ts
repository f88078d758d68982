import { randomUUID } from 'node:crypto';
import { ConformanceService } from '@ko/contracts/conformance';
import { databaseCalls, openDatabase, type Database } from '@ko/data';
import { testDatabase, type TestDatabase } from '@ko/data/testing';
import { createContext, StatusError } from '@ko/endpoint';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openOrderDatabase, prismaDir } from './database.ts';
import { PrismaClient } from './generated/prisma/client.ts';

let stored: TestDatabase;
let database: Database<PrismaClient>;
let elsewhere: Database<PrismaClient>;

beforeEach(async () => {
  stored = await testDatabase(prismaDir);
  database = openDatabase((adapter) => new PrismaClient({ adapter }), { url: stored.url, poolSize: 1 });
  elsewhere = openOrderDatabase(stored.url);
});

afterEach(async () => {
  await Promise.all([database.stop(), elsewhere.stop()]);
  await stored.drop();
});

const late = new StatusError('deadline_exceeded', 'OrderService/GetOrder took longer than the 300 ms it had');

/** A call of somebody who may leave. */
function call<T>(work: () => Promise<T>): { readonly answer: Promise<T>; readonly leave: () => void } {
  const controller = new AbortController();
  const endpoint = databaseCalls()(work, ConformanceService.method.echo);
  const answer = endpoint(undefined, createContext({ signal: controller.signal }));
  return { answer, leave: () => controller.abort(late) };
}

/** Lets the work run while nobody can read or write orders. */
async function withLockedOrders(work: () => Promise<void>): Promise<void> {
  await elsewhere.client.$transaction(async (transaction) => {
    await transaction.$executeRaw`LOCK TABLE orders IN ACCESS EXCLUSIVE MODE`;
    await work();
  });
}

/** Resolves when as many statements wait for the lock. */
async function waiting(count: number): Promise<void> {
  for (;;) {
    const rows = await elsewhere.client.$queryRaw<unknown[]>`
      SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`;
    if (rows.length === count) return;
  }
}

test.each([
  ['a lookup', () => database.client.order.findUnique({ where: { id: randomUUID() } })],
  ['a query', () => database.client.order.findMany()],
  ['a raw query', () => database.client.$queryRaw`SELECT count(*) FROM orders`],
  ['a transaction', () => database.client.$transaction(async (transaction) => transaction.order.count())],
  ['a list of queries', () => database.client.$transaction([database.client.order.count()])],
])('%s ends with its call, and says why the call ended', async (_, query) => {
  await withLockedOrders(async () => {
    const { answer, leave } = call(query);
    const failed = expect(answer).rejects.toBe(late);
    await waiting(1);

    leave();

    await failed;
    await waiting(0);
  });
  expect(await database.client.order.count()).toBe(0);
});

test('a transaction that is cancelled leaves nothing behind', async () => {
  const { answer, leave } = call(() =>
    database.client.$transaction(async (transaction) => {
      await transaction.$executeRaw`CREATE TABLE half_done ()`;
      await transaction.$executeRaw`SELECT pg_sleep(60)`;
    }),
  );
  const failed = expect(answer).rejects.toBe(late);
  await sleeping();

  leave();

  await failed;
  expect(await database.client.$queryRaw`SELECT to_regclass('half_done')::text AS name`).toEqual([{ name: null }]);
});

test('a lookup that Prisma joins with that of somebody else outlives them', async () => {
  let patient: Promise<unknown> | undefined;
  await withLockedOrders(async () => {
    const lookup = () => database.client.order.findUnique({ where: { id: randomUUID() } });
    const { leave } = call(lookup);
    patient = call(lookup).answer;
    await waiting(1);

    leave();

    await elsewhere.client.$executeRaw`SELECT pg_sleep(0.2)`;
    await waiting(1);
  });

  await expect(patient).resolves.toBeNull();
});

/** Resolves when a statement sleeps. */
async function sleeping(): Promise<void> {
  for (;;) {
    const rows = await elsewhere.client.$queryRaw<unknown[]>`
      SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event = 'PgSleep'`;
    if (rows.length > 0) return;
  }
}
