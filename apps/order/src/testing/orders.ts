import { randomUUID, randomUUIDv7 } from 'node:crypto';
import { testDatabase } from '@ko/data/testing';
import { openOrderDatabase, prismaDir } from '../database.ts';
import type { Order, OrderLine } from '../order.ts';
import { PostgresOrders } from '../repository.ts';
import type { Caller, Customers } from '../service.ts';

/** The orders in an empty Postgres database, as two instances of the service see them, each with connections of its own. */
export async function openOrders() {
  const { url, drop } = await testDatabase(prismaDir);
  const [one, other] = [openOrderDatabase(url), openOrderDatabase(url)];
  return {
    prisma: one.client,
    here: new PostgresOrders(one.client),
    elsewhere: new PostgresOrders(other.client),
    async close() {
      await Promise.all([one.stop(), other.stop()]);
      await drop();
    },
  };
}

/** Two pots of tea. */
export const tea: OrderLine = {
  sku: 'TEA-1',
  quantity: 2,
  unitPrice: { currency: 'EUR', units: 19n, nanos: 990_000_000 },
};

/** A pending order for tea, placed just now by somebody new, unless told otherwise. */
export function anOrder(init: Partial<Order> = {}): Order {
  const createTime = init.createTime ?? new Date();
  return {
    id: randomUUIDv7(),
    customer: randomUUID(),
    state: 'PENDING',
    lines: [tea],
    total: { currency: 'EUR', units: 39n, nanos: 980_000_000 },
    paymentReference: undefined,
    createTime,
    updateTime: createTime,
    ...init,
  };
}

/** A customer nobody has seen before. */
export function someone(): Caller {
  return { id: randomUUID(), isAdmin: false };
}

/** Finds every customer active. */
export const active: Customers = { isActive: () => Promise.resolve(true) };

/** Reads a stream to its end. */
export async function all<T>(stream: AsyncIterable<T>): Promise<readonly T[]> {
  const items: T[] = [];
  for await (const item of stream) items.push(item);
  return items;
}
