import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { claimFor } from './claim.ts';
import type { Order } from './order.ts';
import type { Cursor, OrderFilter } from './service.ts';
import { anOrder, openOrders, tea } from './testing/orders.ts';

let database: Awaited<ReturnType<typeof openOrders>>;

beforeAll(async () => {
  database = await openOrders();
});

afterAll(() => database.close());

describe('an order', () => {
  test('comes back as it was stored, its lines in the order given', async () => {
    const largest = { currency: 'JPY', units: 2n ** 63n - 1n, nanos: 999_999_999 };
    const lines = ['C', 'A', 'B'].map((sku, index) => ({ sku, quantity: index + 1, unitPrice: largest }));
    const order = anOrder({ lines, total: largest });

    await database.here.insert(order);

    expect(await database.elsewhere.findById(order.id)).toEqual(order);
  });

  test('is unknown before it is stored', async () => {
    expect(await database.here.findById(randomUUID())).toBeUndefined();
  });

  test('is not stored in part: neither order nor lines nor key when one of them cannot be', async () => {
    const order = anOrder({ lines: [tea, { ...tea, sku: 'no text for Postgres: \0' }] });
    const claim = claimFor(order, 'in-part');

    await expect(database.here.insert(order, claim)).rejects.toThrow();

    expect(await database.here.findById(order.id)).toBeUndefined();
    expect(await database.here.findClaimed(claim)).toBeUndefined();
  });
});

describe('a key', () => {
  test('holds one order, however many are stored under it at once', async () => {
    const customer = randomUUID();
    const orders = Array.from({ length: 10 }, () => anOrder({ customer }));

    const stored = await Promise.all(
      orders.map((order, index) =>
        (index % 2 === 0 ? database.here : database.elsewhere).insert(order, claimFor(order, 'at-once')),
      ),
    );

    const kept = await database.here.list({ customer }, { limit: 10 });
    expect(kept).toHaveLength(1);
    expect(stored.map(({ order }) => order)).toEqual(orders.map(() => kept[0]));
  });

  test("does not reach another customer's order", async () => {
    const [mine, theirs] = [anOrder(), anOrder()];

    await database.here.insert(mine, claimFor(mine, 'same-text'));
    const stored = await database.here.insert(theirs, claimFor(theirs, 'same-text'));

    expect(stored.order).toEqual(theirs);
  });

  test('is free again once it has expired', async () => {
    const first = anOrder({ createTime: new Date('2026-01-01T12:00:00Z') });
    const later = anOrder({ customer: first.customer, createTime: new Date('2026-01-02T12:00:00Z') });
    await database.here.insert(first, claimFor(first, 'daily'));

    const stored = await database.here.insert(later, claimFor(later, 'daily'));

    expect(stored.order).toEqual(later);
    expect(await database.here.findById(first.id)).toEqual(first);
  });

  test('is still held a moment before', async () => {
    const first = anOrder({ createTime: new Date('2026-01-01T12:00:00Z') });
    const later = anOrder({ customer: first.customer, createTime: new Date('2026-01-02T11:59:59.999Z') });
    await database.here.insert(first, claimFor(first, 'daily'));

    const stored = await database.here.insert(later, claimFor(later, 'daily'));

    expect(stored.order).toEqual(first);
  });
});

describe('a move', () => {
  test('is stored when the order is in the state that it starts from', async () => {
    const order = anOrder();
    await database.here.insert(order);
    const paid: Order = { ...order, state: 'PAID', paymentReference: 'P-1', updateTime: new Date() };

    expect(await database.here.move(paid, 'PENDING')).toBe(true);

    expect(await database.here.findById(order.id)).toEqual(paid);
  });

  test('wins alone when several start at once', async () => {
    const order = anOrder();
    await database.here.insert(order);

    const won = await Promise.all([
      database.here.move({ ...order, state: 'PAID', paymentReference: 'P-1' }, 'PENDING'),
      database.elsewhere.move({ ...order, state: 'CANCELLED' }, 'PENDING'),
      database.here.move({ ...order, state: 'CANCELLED' }, 'PENDING'),
      database.elsewhere.move({ ...order, state: 'PAID', paymentReference: 'P-2' }, 'PENDING'),
    ]);

    expect(won.filter(Boolean)).toHaveLength(1);
  });
});

describe('a list', () => {
  const customer = randomUUID();
  const day = (number: number): Date => new Date(Date.UTC(2026, 0, number));
  const placed = [1, 2, 2, 2, 3].map((number) => anOrder({ customer, createTime: day(number) }));
  const newestFirst = placed.toSorted(
    (a, b) => b.createTime.getTime() - a.createTime.getTime() || (b.id > a.id ? 1 : -1),
  );

  beforeAll(async () => {
    for (const order of placed) await database.here.insert(order);
    const paid = { ...placed[0], state: 'PAID', paymentReference: 'P-3' } as Order;
    await database.here.move(paid, 'PENDING');
  });

  test('has the orders of one customer, newest first', async () => {
    expect(await idsOf({ customer })).toEqual(newestFirst.map(({ id }) => id));
  });

  test('has those in a state', async () => {
    expect(await idsOf({ customer, state: 'PAID' })).toEqual([placed[0]?.id]);
    expect(await idsOf({ customer, state: 'CANCELLED' })).toEqual([]);
  });

  test('has those of a time, its begin included, its end not', async () => {
    expect(await idsOf({ customer, from: day(2), until: day(3) })).toEqual(newestFirst.slice(1, 4).map(({ id }) => id));
  });

  test('goes on page by page where it was, also among orders of one time, and when others come in meanwhile', async () => {
    const seen: string[] = [];
    let after: Cursor | undefined;
    do {
      const page = await database.here.list({ customer, until: day(30) }, { limit: 2, after });
      await database.elsewhere.insert(anOrder({ customer, createTime: day(20) }));
      seen.push(...page.map(({ id }) => id));
      after = page.at(-1);
    } while (after !== undefined);

    expect(seen).toEqual(newestFirst.map(({ id }) => id));
  });

  async function idsOf(filter: OrderFilter): Promise<readonly string[]> {
    return (await database.here.list(filter, { limit: 100 })).map(({ id }) => id);
  }
});
