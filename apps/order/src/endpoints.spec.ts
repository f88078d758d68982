import { randomUUID } from 'node:crypto';
import { create, type MessageInitShape } from '@bufbuild/protobuf';
import { TimestampSchema, timestampFromDate, type Timestamp } from '@bufbuild/protobuf/wkt';
import {
  CreateOrderRequestSchema,
  ExportOrdersRequestSchema,
  ListOrdersRequestSchema,
  Order_State,
  PayOrderRequestSchema,
} from '@ko/contracts/order';
import { createContext, type Authenticated, type Context } from '@ko/endpoint';
import { nameOf } from '@ko/resource';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { orderEndpoints } from './endpoints.ts';
import { OrderService } from './service.ts';
import { active, all, anOrder, openOrders } from './testing/orders.ts';

let database: Awaited<ReturnType<typeof openOrders>>;
let endpoints: ReturnType<typeof orderEndpoints>;

beforeAll(async () => {
  database = await openOrders();
  endpoints = orderEndpoints(new OrderService(database.here), () => active);
});

afterAll(() => database.close());

describe('an order', () => {
  const lines = [{ sku: 'TEA-1', quantity: 2, unitPrice: { currencyCode: 'EUR', units: 19n, nanos: 990_000_000 } }];

  test('is said in the words of the contract', async () => {
    const context = signedInAs(nameOf('users', randomUUID()));

    const order = await endpoints.createOrder(create(CreateOrderRequestSchema, { lines }), context);
    const paid = await endpoints.payOrder(
      create(PayOrderRequestSchema, { name: order.name ?? '', paymentReference: 'P-1' }),
      context,
    );

    expect(order).toMatchObject({
      customer: context.principal?.subject,
      state: Order_State.PENDING,
      lines,
      total: { currencyCode: 'EUR', units: 39n, nanos: 980_000_000 },
      paymentReference: '',
    });
    expect(order.name).toMatch(/^orders\/[\da-f-]{36}$/);
    expect(paid).toMatchObject({ ...order, state: Order_State.PAID, paymentReference: 'P-1', updateTime: {} });
  });

  test('is one under one idempotency key', async () => {
    const metadata = { 'idempotency-key': randomUUID() };
    const context = signedInAs(nameOf('users', randomUUID()), { metadata });
    const request = create(CreateOrderRequestSchema, { lines });

    expect(await endpoints.createOrder(request, context)).toEqual(await endpoints.createOrder(request, context));
  });

  test('without a price is refused', async () => {
    const request = create(CreateOrderRequestSchema, { lines: [{ sku: 'TEA-1', quantity: 1 }] });

    await expect(endpoints.createOrder(request, signedInAs(nameOf('users', randomUUID())))).rejects.toMatchObject({
      code: 'invalid_argument',
      violations: [{ field: 'lines[0].unit_price.currency_code' }],
    });
  });
});

describe('a list', () => {
  const customer = randomUUID();
  const context = signedInAs(nameOf('users', customer));
  const noon = new Date('2026-11-23T12:00:00.000Z');
  const placed = [2, 1, 0].map((seconds) =>
    anOrder({ customer, createTime: new Date(noon.getTime() + seconds * 1000) }),
  );
  const names = placed.map(({ id }) => nameOf('orders', id));

  beforeAll(async () => {
    for (const order of placed) await database.here.insert(order);
  });

  test('goes on with its page token', async () => {
    const first = await list({ pageSize: 2 });
    const second = await list({ pageSize: 2, pageToken: first.nextPageToken });

    expect([first.names, second.names]).toEqual([names.slice(0, 2), names.slice(2)]);
    expect(second.nextPageToken).toBe('');
  });

  test('does not go on with other filters', async () => {
    const { nextPageToken } = await list({ pageSize: 1 });

    await expect(list({ pageToken: nextPageToken, state: Order_State.PAID })).rejects.toMatchObject({
      code: 'invalid_argument',
      reason: 'PAGE_TOKEN_OF_OTHER_FILTERS',
      violations: [{ field: 'page_token' }],
    });
  });

  test('takes times to the nanosecond', async () => {
    const after: Timestamp = create(TimestampSchema, { ...timestampFromDate(noon), nanos: 1 });

    expect((await list({ createTimeFrom: after })).names).toEqual(names.slice(0, 2));
    expect((await list({ createTimeUntil: after })).names).toEqual(names.slice(2));
  });

  test('refuses times that no calendar has', async () => {
    await expect(list({ createTimeFrom: { seconds: 10n ** 17n } })).rejects.toMatchObject({
      code: 'invalid_argument',
      violations: [{ field: 'create_time_from' }],
    });
  });

  test('of a program needs a customer', async () => {
    const program = signedInAs('accounts/reports', { roles: ['admin'] });

    await expect(list({}, program)).rejects.toMatchObject({ violations: [{ field: 'customer' }] });
    expect((await list({ customer: nameOf('users', customer) }, program)).names).toEqual(names);
  });

  test('comes as a stream, too', async () => {
    const stream = await endpoints.exportOrders(create(ExportOrdersRequestSchema), context);

    expect((await all(stream)).map(({ name }) => name)).toEqual(names);
  });

  async function list(request: MessageInitShape<typeof ListOrdersRequestSchema>, caller = context) {
    const { orders = [], nextPageToken = '' } = await endpoints.listOrders(
      create(ListOrdersRequestSchema, request),
      caller,
    );
    return { names: orders.map(({ name }) => name), nextPageToken };
  }
});

function signedInAs(
  subject: string,
  { roles = [], metadata = {} }: { roles?: readonly string[]; metadata?: Context['metadata'] } = {},
): Context & Authenticated {
  return { ...createContext({ metadata }), principal: { subject, roles } };
}
