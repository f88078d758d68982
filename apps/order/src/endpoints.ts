import type { MessageInitShape } from '@bufbuild/protobuf';
import { timestampFromDate, type Timestamp } from '@bufbuild/protobuf/wkt';
import type { Money as MoneyMessage } from '@ko/contracts/money';
import {
  Order_State,
  type ListOrdersRequest,
  type OrderLine as OrderLineMessage,
  type OrderSchema,
  type OrderService as OrderContract,
} from '@ko/contracts/order';
import { signedIn, StatusError, type Authenticated, type Context, type Endpoints } from '@ko/endpoint';
import type { Money } from './money.ts';
import { idFrom, idIn, nameOf } from './names.ts';
import type { Order, OrderLine, OrderState } from './order.ts';
import { cursorIn, pageTokenOf } from './page-token.ts';
import type { Caller, Customers, OrderFilter, OrderService } from './service.ts';

const defaultPageSize = 50;

/** The contract's endpoints. `customers` gives what is known of customers to whoever made a request. */
export function orderEndpoints(
  orders: OrderService,
  customers: (context: Context) => Customers,
): Endpoints<typeof OrderContract, Context & Authenticated> {
  return {
    createOrder: async ({ lines }, context) => {
      const order = { lines: lines.map(toLine), idempotencyKey: context.metadata['idempotency-key'] };
      return toMessage(await orders.create(callerOf(context), order, customers(context)));
    },
    getOrder: async ({ name }, context) => {
      return toMessage(await orders.get(callerOf(context), idFrom('orders', name, 'name')));
    },
    listOrders: async (request, context) => {
      const caller = callerOf(context);
      const filter = filterOf(request, caller);
      const limit = request.pageSize || defaultPageSize;
      const page = await orders.list(caller, filter, { limit, after: cursorIn(request.pageToken, filter) });
      return { orders: page.orders.map(toMessage), nextPageToken: pageTokenOf(page.next, filter) };
    },
    exportOrders: async ({ customer }, context) => {
      const caller = callerOf(context);
      return toMessages(orders.export(caller, customerFrom(customer, caller), context.signal));
    },
    payOrder: async ({ name, paymentReference }, context) => {
      return toMessage(await orders.pay(callerOf(context), idFrom('orders', name, 'name'), paymentReference));
    },
    cancelOrder: async ({ name }, context) => {
      return toMessage(await orders.cancel(callerOf(context), idFrom('orders', name, 'name')));
    },
  };
}

function callerOf(context: Authenticated): Caller {
  const { subject, roles } = signedIn(context);
  return { customer: idIn('users', subject), isAdmin: roles.includes('admin') };
}

function filterOf(request: ListOrdersRequest, caller: Caller): OrderFilter {
  return {
    customer: customerFrom(request.customer, caller),
    state: states[request.state],
    from: timeFrom(request.createTimeFrom, 'create_time_from'),
    until: timeFrom(request.createTimeUntil, 'create_time_until'),
  };
}

function customerFrom(name: string, caller: Caller): string {
  if (name === '' && caller.customer !== undefined) return caller.customer;
  return idFrom('users', name, 'customer');
}

/** The first millisecond that is not before the time: orders are placed at whole ones. */
function timeFrom(timestamp: Timestamp | undefined, field: string): Date | undefined {
  if (timestamp === undefined) return undefined;
  const time = new Date(Number(timestamp.seconds) * 1000 + Math.ceil(timestamp.nanos / 1e6));
  const year = time.getUTCFullYear();
  if (year >= 1 && year <= 9999) return time;
  const description = 'must be within the years 1 to 9999';
  throw new StatusError('invalid_argument', `${field} ${description}`, {
    violations: [{ field, rule: 'timestamp.range', description }],
  });
}

function toLine({ sku, quantity, unitPrice }: OrderLineMessage): OrderLine {
  return { sku, quantity, unitPrice: toMoney(unitPrice) };
}

function toMoney({ currencyCode = '', units = 0n, nanos = 0 }: Partial<MoneyMessage> = {}): Money {
  return { currency: currencyCode, units, nanos };
}

const states: Readonly<Record<Order_State, OrderState | undefined>> = {
  [Order_State.UNSPECIFIED]: undefined,
  [Order_State.PENDING]: 'PENDING',
  [Order_State.PAID]: 'PAID',
  [Order_State.CANCELLED]: 'CANCELLED',
};

type OrderMessage = MessageInitShape<typeof OrderSchema>;

async function* toMessages(orders: AsyncIterable<Order>): AsyncIterable<OrderMessage> {
  for await (const order of orders) yield toMessage(order);
}

function toMessage(order: Order): OrderMessage {
  return {
    name: nameOf('orders', order.id),
    customer: nameOf('users', order.customer),
    state: Order_State[order.state],
    lines: order.lines.map(({ sku, quantity, unitPrice }) => ({ sku, quantity, unitPrice: toMoneyMessage(unitPrice) })),
    total: toMoneyMessage(order.total),
    paymentReference: order.paymentReference ?? '',
    createTime: timestampFromDate(order.createTime),
    updateTime: timestampFromDate(order.updateTime),
  };
}

function toMoneyMessage({ currency, units, nanos }: Money) {
  return { currencyCode: currency, units, nanos };
}
