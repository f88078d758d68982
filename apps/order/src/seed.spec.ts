import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { seed } from './seed.ts';
import { openOrders } from './testing/orders.ts';

let database: Awaited<ReturnType<typeof openOrders>>;

beforeAll(async () => {
  database = await openOrders();
});

afterAll(() => database.close());

test('seeding again changes nothing', async () => {
  const customer = randomUUID();

  await seed(database.prisma, customer);
  const orders = await database.here.list({ customer }, { limit: 10 });
  await seed(database.prisma, customer);

  expect(orders.map(({ state }) => state)).toEqual(['PENDING', 'CANCELLED', 'PAID']);
  expect(await database.here.list({ customer }, { limit: 10 })).toEqual(orders);
});
