import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { OrderService, type Caller } from './service.ts';
import { active, openOrders, someone, tea } from './testing/orders.ts';

let database: Awaited<ReturnType<typeof openOrders>>;
let service: OrderService;
let elsewhere: OrderService;

beforeAll(async () => {
  database = await openOrders();
  service = new OrderService(database.here);
  elsewhere = new OrderService(database.elsewhere);
});

afterAll(() => database.close());

test.each(['PAID', 'CANCELLED'] as const)('a pending order can become %s', async (to) => {
  const caller = someone();
  const { id } = await place(caller);

  expect(await go(caller, id, to)).toMatchObject({ state: to });
});

test.each([
  ['PAID', 'PAID'],
  ['PAID', 'CANCELLED'],
  ['CANCELLED', 'PAID'],
  ['CANCELLED', 'CANCELLED'],
] as const)('an order that is %s cannot become %s', async (from, to) => {
  const caller = someone();
  const { id } = await place(caller);
  const before = await go(caller, id, from);

  await expect(go(caller, id, to)).rejects.toMatchObject({
    code: 'failed_precondition',
    reason: 'ORDER_NOT_PENDING',
    metadata: { state: from },
  });
  expect(await service.get(caller, id)).toEqual(before);
});

test('a payment is stored with its reference and its time', async () => {
  const caller = someone();
  const { id, createTime } = await place(caller);
  const paidAt = new Date(createTime.getTime() + 1000);
  const later = new OrderService(database.here, { now: () => paidAt });

  const paid = await later.pay(caller, id, 'P-1');

  expect(paid).toMatchObject({ state: 'PAID', paymentReference: 'P-1', createTime, updateTime: paidAt });
  expect(await service.get(caller, id)).toEqual(paid);
});

test('the same payment twice is one, also when both arrive at once', async () => {
  const caller = someone();
  const { id } = await place(caller);

  const [first, second] = await Promise.all([service.pay(caller, id, 'P-1'), elsewhere.pay(caller, id, 'P-1')]);

  expect(second).toEqual(first);
  expect(await service.pay(caller, id, 'P-1')).toEqual(first);
});

test('a payment reference with control characters is refused', async () => {
  const caller = someone();
  const { id } = await place(caller);

  await expect(service.pay(caller, id, 'P-\0')).rejects.toMatchObject({
    code: 'invalid_argument',
    violations: [{ field: 'payment_reference' }],
  });
});

test('one of pay and cancel wins when both arrive at once', async () => {
  const caller = someone();
  const { id } = await place(caller);

  const outcomes = await Promise.allSettled([service.pay(caller, id, 'P-1'), elsewhere.cancel(caller, id)]);

  const won = outcomes.flatMap((outcome) => (outcome.status === 'fulfilled' ? [outcome.value] : []));
  expect(won).toEqual([await service.get(caller, id)]);
  expect(outcomes.find(({ status }) => status === 'rejected')).toMatchObject({
    reason: { reason: 'ORDER_NOT_PENDING', metadata: { state: won[0]?.state } },
  });
});

/** Pays with a reference of its own each time: the same one would be the same payment. */
async function go(caller: Caller, id: string, to: 'PAID' | 'CANCELLED') {
  return to === 'PAID' ? service.pay(caller, id, randomUUID()) : service.cancel(caller, id);
}

function place(caller: Caller) {
  return service.create(caller, { lines: [tea] }, active);
}
