import { randomUUID } from 'node:crypto';
import { OrderService, Order_State } from '@ko/contracts/order';
import { User_State, UserService } from '@ko/contracts/user';
import { createContext, StatusError, type Client, type Context } from '@ko/endpoint';
import { accessConfig, createTelemetry, Neighbour, parseConfig, processConfig, Secret } from '@ko/service';
import { createSigner } from '@ko/service/testing';
import { connect, grpcChannel, grpcServer, serve } from '@ko/transport';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { buildOrder } from './app.ts';
import { openOrders } from './testing/orders.ts';
import { userService } from './testing/users.ts';

const { keys, credentials } = createSigner();
const lines = [{ sku: 'TEA-1', quantity: 2, unitPrice: { currencyCode: 'EUR', units: 19n, nanos: 990_000_000 } }];
const cleanup = new AsyncDisposableStack();
const disabled = new Set<string>();
const asked: Context[] = [];

let orders: Client<typeof OrderService>;

beforeAll(async () => {
  const config = parseConfig(z.object({ ...processConfig.shape, ...accessConfig.shape }), { LOG_LEVEL: 'silent' });
  const telemetry = createTelemetry('order', config);
  const database = cleanup.adopt(await openOrders(), (own) => own.close());

  const users = cleanup.adopt(grpcServer('127.0.0.1:0'), (own) => own.stop());
  const getUser = userService(async ({ name }, context) => {
    asked.push(context);
    if (name.endsWith('0')) throw new StatusError('unavailable', 'not now');
    return { name, state: disabled.has(name) ? User_State.DISABLED : User_State.ACTIVE };
  });
  serve(users, UserService, getUser);
  await users.start();

  const user = cleanup.adopt(
    new Neighbour('user', new Secret(`static:${users.address}`), { config: parseConfig(processConfig, {}), telemetry }),
    (own) => own.stop(),
  );
  await user.start();
  const server = cleanup.adopt(grpcServer('127.0.0.1:0'), (own) => own.stop());
  const app = buildOrder({ config, telemetry, prisma: database.prisma, users: user.connect(UserService), keys });
  serve(server, OrderService, app);
  await server.start();
  const channel = cleanup.adopt(grpcChannel(server.address), (own) => own.close());
  orders = connect(OrderService, channel);
});
afterAll(() => cleanup.disposeAsync());

/** A customer whose id ends as told, as their requests show them. */
function customer(end = '1') {
  const name = `users/${randomUUID().slice(0, -1)}${end}`;
  return { name, context: createContext({ outgoing: credentials(name) }) };
}

describe('the order service over gRPC', () => {
  test('places, pays and lists an order of whoever is signed in', async () => {
    const { name, context } = customer();

    const placed = await orders.createOrder({ lines }, context);
    const paid = await orders.payOrder({ name: placed.name, paymentReference: 'P-1' }, context);
    const page = await orders.listOrders({ state: Order_State.PAID }, context);

    expect(placed).toMatchObject({ customer: name, state: Order_State.PENDING });
    expect(page.orders).toEqual([paid]);
  });

  test('asks the user service in the name of its caller', async () => {
    const { context } = customer();

    await orders.createOrder({ lines }, context);

    expect(asked.at(-1)).toMatchObject({ requestId: context.requestId, metadata: context.outgoing });
  });

  test('takes no order of a customer who is disabled', async () => {
    const { name, context } = customer();
    disabled.add(name);

    await expect(orders.createOrder({ lines }, context)).rejects.toMatchObject({
      code: 'failed_precondition',
      reason: 'CUSTOMER_NOT_ACTIVE',
    });
  });

  test('says which neighbour is missing', async () => {
    await expect(orders.createOrder({ lines }, customer('0').context)).rejects.toMatchObject({
      code: 'unavailable',
      reason: 'USER_SERVICE_UNAVAILABLE',
    });
  });

  test('knows nobody without a token', async () => {
    await expect(orders.listOrders({}, createContext())).rejects.toMatchObject({ code: 'unauthenticated' });
  });

  test('names the fields that break the rules of the contract', async () => {
    const wrong = orders.createOrder({ lines: [{ sku: '', quantity: 0 }] }, customer().context);

    await expect(wrong).rejects.toMatchObject({
      code: 'invalid_argument',
      violations: [{ field: 'lines[0].sku' }, { field: 'lines[0].quantity' }, { field: 'lines[0].unit_price' }],
    });
  });

  test("does not tell that another's order exists", async () => {
    const { name } = await orders.createOrder({ lines }, customer().context);

    await expect(orders.getOrder({ name }, customer().context)).rejects.toMatchObject({ code: 'not_found' });
  });
});
