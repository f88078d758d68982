import type { PrismaClient } from './generated/prisma/client.ts';
import type { OrderLine } from './order.ts';
import { PostgresOrders } from './repository.ts';
import { OrderService } from './service.ts';

/** Gives a user, by id, some orders to look at: one in each state. Does nothing when the user has any. */
export async function seed(prisma: PrismaClient, customer: string): Promise<void> {
  const orders = new OrderService(new PostgresOrders(prisma));
  const caller = { id: customer, isAdmin: false };
  const place = (...lines: readonly OrderLine[]) =>
    orders.create(caller, { lines }, { isActive: () => Promise.resolve(true) });

  const present = await orders.list(caller, { customer }, { limit: 1 });
  if (present.orders.length > 0) return;

  const paid = await place(line('TEA-ASSAM-250', 2, 12n), line('TEAPOT-STEEL', 1, 39n));
  await orders.pay(caller, paid.id, 'SEED-1');
  const cancelled = await place(line('MUG-BLUE', 12, 7n));
  await orders.cancel(caller, cancelled.id);
  await place(line('TEA-SENCHA-100', 3, 9n), line('STRAINER', 1, 4n));
}

function line(sku: string, quantity: number, units: bigint): OrderLine {
  return { sku, quantity, unitPrice: { currency: 'EUR', units, nanos: 500_000_000 } };
}
