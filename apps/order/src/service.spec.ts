import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { OrderService, type Caller, type Customers } from './service.ts';
import { active, all, anOrder, openOrders, someone, tea } from './testing/orders.ts';

const inactive: Customers = { isActive: () => Promise.resolve(false) };
const admin: Caller = { id: undefined, isAdmin: true };

let database: Awaited<ReturnType<typeof openOrders>>;
let service: OrderService;
let elsewhere: OrderService;

beforeAll(async () => {
  database = await openOrders();
  service = new OrderService(database.here);
  elsewhere = new OrderService(database.elsewhere);
});

afterAll(() => database.close());

describe('placing an order', () => {
  test('gives a pending one, with its total', async () => {
    const caller = someone();

    const order = await service.create(caller, { lines: [tea] }, active);

    expect(order).toMatchObject({
      customer: caller.id,
      state: 'PENDING',
      total: { currency: 'EUR', units: 39n, nanos: 980_000_000 },
    });
    expect(await service.get(caller, order.id)).toEqual(order);
  });

  test('without a key gives another one each time', async () => {
    const caller = someone();

    const [first, second] = [await place(caller), await place(caller)];

    expect(first.id).not.toBe(second.id);
  });

  test('is not for callers who are no customers, administrators included', async () => {
    await expect(place(admin)).rejects.toMatchObject({ code: 'permission_denied', reason: 'NOT_A_CUSTOMER' });
  });

  test('is for active customers', async () => {
    await expect(service.create(someone(), { lines: [tea] }, inactive)).rejects.toMatchObject({
      code: 'failed_precondition',
      reason: 'CUSTOMER_NOT_ACTIVE',
    });
  });

  test('with faulty lines is refused before anybody is asked about the customer', async () => {
    const asked: Customers = { isActive: () => Promise.reject(new Error('was asked')) };

    await expect(service.create(someone(), { lines: [] }, asked)).rejects.toMatchObject({ code: 'invalid_argument' });
  });
});

describe('placing an order again under one key', () => {
  test('gives the one there is, also when both arrive at once', async () => {
    const caller = someone();
    const order = { lines: [tea], idempotencyKey: randomUUID() };

    const [first, second] = await Promise.all([
      service.create(caller, order, active),
      elsewhere.create(caller, order, active),
    ]);

    expect(second).toEqual(first);
    expect((await service.list(caller, mine(caller), { limit: 10 })).orders).toEqual([first]);
  });

  test('gives the same answer whatever became of order and customer', async () => {
    const caller = someone();
    const order = { lines: [tea], idempotencyKey: randomUUID() };
    const first = await service.create(caller, order, active);
    await service.pay(caller, first.id, 'P-1');

    expect(await service.create(caller, order, inactive)).toEqual(first);
  });

  test('refuses another order, also when both arrive at once', async () => {
    const caller = someone();
    const idempotencyKey = randomUUID();

    const outcomes = await Promise.allSettled([
      service.create(caller, { lines: [tea], idempotencyKey }, active),
      elsewhere.create(caller, { lines: [tea, tea], idempotencyKey }, active),
    ]);

    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    expect(outcomes.find(({ status }) => status === 'rejected')).toMatchObject({
      reason: { code: 'already_exists', reason: 'IDEMPOTENCY_KEY_REUSED' },
    });
  });

  test('gives each customer their own', async () => {
    const order = { lines: [tea], idempotencyKey: randomUUID() };

    const first = await service.create(someone(), order, active);
    const second = await service.create(someone(), order, active);

    expect(first.id).not.toBe(second.id);
  });
});

describe("somebody else's orders", () => {
  test('do not exist for a customer, whatever they try', async () => {
    const { id } = await place(someone());
    const other = someone();
    const unknown = { code: 'not_found', reason: 'ORDER_NOT_FOUND' };

    await expect(service.get(other, id)).rejects.toMatchObject(unknown);
    await expect(service.pay(other, id, 'P-1')).rejects.toMatchObject(unknown);
    await expect(service.cancel(other, id)).rejects.toMatchObject(unknown);
    await expect(service.get(other, randomUUID())).rejects.toMatchObject(unknown);
  });

  test('are listed and exported for administrators only', async () => {
    const owner = someone();
    const order = await place(owner);
    const denied: unknown = expect.objectContaining({ code: 'permission_denied', reason: 'NOT_YOUR_ORDERS' });

    await expect(service.list(someone(), mine(owner), { limit: 1 })).rejects.toEqual(denied);
    expect(() => service.export(someone(), mine(owner).customer, forever())).toThrow(denied);
    expect((await service.list(admin, mine(owner), { limit: 1 })).orders).toEqual([order]);
    expect(await all(service.export(admin, mine(owner).customer, forever()))).toEqual([order]);
  });

  test('are an administrator’s to see, pay and cancel', async () => {
    const [first, second] = [await place(someone()), await place(someone())];

    expect(await service.get(admin, first.id)).toEqual(first);
    expect(await service.pay(admin, first.id, 'P-1')).toMatchObject({ state: 'PAID' });
    expect(await service.cancel(admin, second.id)).toMatchObject({ state: 'CANCELLED' });
  });
});

describe('listing', () => {
  test('says where the next page begins until there is none', async () => {
    const caller = someone();
    const [first, second, third] = [1, 2, 3].map((day) =>
      anOrder({ customer: mine(caller).customer, createTime: new Date(Date.UTC(2026, 0, day)) }),
    );
    for (const order of [second, third, first]) if (order) await database.here.insert(order);

    const newest = await service.list(caller, mine(caller), { limit: 2 });
    const oldest = await service.list(caller, mine(caller), { limit: 2, after: newest.next });

    expect(newest.orders).toEqual([third, second]);
    expect(oldest).toEqual({ orders: [first], next: undefined });
  });

  test('ends with a page that is just full', async () => {
    const caller = someone();
    await place(caller);

    expect(await service.list(caller, mine(caller), { limit: 1 })).toMatchObject({ next: undefined });
  });
});

describe('exporting', () => {
  test('stops with the reason of the signal', async () => {
    const caller = someone();
    await place(caller);
    const gone = AbortSignal.abort(new Error('the caller has gone'));

    await expect(all(service.export(caller, mine(caller).customer, gone))).rejects.toThrow('has gone');
  });

  test('goes beyond what is read at once', async () => {
    const caller = someone();
    const orders = Array.from({ length: 201 }, () => anOrder({ customer: mine(caller).customer }));
    // One after the other: all at once would wait for connections longer than a busy machine lets them.
    for (const order of orders) await database.here.insert(order);

    const exported = await all(service.export(caller, mine(caller).customer, forever()));

    expect(new Set(exported.map(({ id }) => id))).toEqual(new Set(orders.map(({ id }) => id)));
  });
});

function place(caller: Caller) {
  return service.create(caller, { lines: [tea] }, active);
}

function mine({ id: customer = '' }: Caller) {
  return { customer };
}

function forever(): AbortSignal {
  return new AbortController().signal;
}
