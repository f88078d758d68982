import type { MessageInitShape } from '@bufbuild/protobuf';
import { timestampFromDate } from '@bufbuild/protobuf/wkt';
import type { Money as MoneyMessage } from '@ko/contracts/money';
import {
  Order_State,
  type ListOrdersRequest,
  type OrderLine as OrderLineMessage,
  type OrderSchema,
  type OrderService as OrderContract,
} from '@ko/contracts/order';
import type { Authenticated, Context, Endpoints } from '@ko/endpoint';
import { callerOf, cursorIn, idFrom, nameOf, pageSizeOf, pageTokenOf, timeFrom, toMoneyMessage } from '@ko/resource';
import type { Money } from '@ko/resource/money';
import type { Order, OrderLine, OrderState } from './order.ts';
import type { Caller, Customers, OrderFilter, OrderService } from './service.ts';

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
      const limit = pageSizeOf(request);
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

function filterOf(request: ListOrdersRequest, caller: Caller): OrderFilter {
  return {
    customer: customerFrom(request.customer, caller),
    state: states[request.state],
    from: timeFrom(request.createTimeFrom, 'create_time_from'),
    until: timeFrom(request.createTimeUntil, 'create_time_until'),
  };
}

function customerFrom(name: string, caller: Caller): string {
  if (name === '' && caller.id !== undefined) return caller.id;
  return idFrom('users', name, 'customer');
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
