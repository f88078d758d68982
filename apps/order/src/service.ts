import { randomUUIDv7 } from 'node:crypto';
import { claimFor, type Claim } from './claim.ts';
import { asPlaced, moves, type Order, type OrderLine, type OrderState } from './order.ts';
import { keyReused, notACustomer, notActive, notFound, notPending, notYourOrders, unprintable } from './refusals.ts';
import { totalOf } from './total.ts';

/** Who asks. */
export interface Caller {
  /** Id of the user; undefined for a caller who is not one, such as another program. */
  readonly id: string | undefined;
  /** Sees and changes the orders of all customers. */
  readonly isAdmin: boolean;
}

/** The customers, as far as orders care. */
export interface Customers {
  isActive(id: string): Promise<boolean>;
}

/** What to order. */
export interface NewOrder {
  readonly lines: readonly OrderLine[];
  /** Under one key of a customer there is one order. */
  readonly idempotencyKey?: string | undefined;
}

export interface OrderFilter {
  /** Id of a user. */
  readonly customer: string;
  readonly state?: OrderState | undefined;
  /** Placed at this time or later. */
  readonly from?: Date | undefined;
  /** Placed before this time. */
  readonly until?: Date | undefined;
}

/** The place of an order in a list. */
export interface Cursor {
  readonly createTime: Date;
  readonly id: string;
}

/** A part of a list: so many orders, from the one behind the cursor on. */
export interface Slice {
  readonly limit: number;
  readonly after?: Cursor | undefined;
}

export interface Page {
  readonly orders: readonly Order[];
  /** Where the next page begins; undefined on the last. */
  readonly next: Cursor | undefined;
}

/** An order, and the fingerprint of the request that its key was claimed for, if it has one. */
export interface StoredOrder {
  readonly order: Order;
  readonly fingerprint: string | undefined;
}

export interface OrderRepository {
  /** Stores all of the order or nothing. Resolves to what is stored then: the order, or the one that holds the key already. */
  insert(order: Order, claim?: Claim): Promise<StoredOrder>;
  /** The order that the key stands for. */
  findClaimed(claim: Claim): Promise<StoredOrder | undefined>;
  findById(id: string): Promise<Order | undefined>;
  /** Newest first. */
  list(filter: OrderFilter, slice: Slice): Promise<readonly Order[]>;
  /** Stores the state, payment and time of an order that is in state `from`. Resolves to false, storing nothing, when it is not. */
  move(order: Order, from: OrderState): Promise<boolean>;
}

export interface OrderServiceOptions {
  readonly now?: () => Date;
  readonly newId?: () => string;
}

const exportBatch = 200;

/** Orders of customers. A customer sees their own and is told of no others; an administrator sees all. */
export class OrderService {
  readonly #orders: OrderRepository;
  readonly #now: () => Date;
  readonly #newId: () => string;

  constructor(orders: OrderRepository, options: OrderServiceOptions = {}) {
    const { now = () => new Date(), newId = randomUUIDv7 } = options;
    this.#orders = orders;
    this.#now = now;
    this.#newId = newId;
  }

  /**
   * Places an order. With a key that holds the same order already it resolves to that one, as it was placed, whatever
   * became of it. Rejects with `already_exists` when the key holds another, with `failed_precondition` when the customer
   * is not active.
   */
  async create({ id: customer }: Caller, { lines, idempotencyKey }: NewOrder, customers: Customers): Promise<Order> {
    if (customer === undefined) throw notACustomer();
    const order = this.#place(customer, lines);
    const claim = idempotencyKey === undefined ? undefined : claimFor(order, idempotencyKey);

    const earlier = claim && (await this.#orders.findClaimed(claim));
    if (earlier === undefined && !(await customers.isActive(customer))) throw notActive();
    const stored = earlier ?? (await this.#orders.insert(order, claim));

    if (stored.fingerprint !== claim?.fingerprint) throw keyReused();
    return asPlaced(stored.order);
  }

  /** Rejects with `not_found`, too, when the order is somebody else's. */
  async get(caller: Caller, id: string): Promise<Order> {
    const order = await this.#orders.findById(id);
    if (order === undefined || !mayActFor(caller, order.customer)) throw notFound(id);
    return order;
  }

  async list(caller: Caller, filter: OrderFilter, { limit, after }: Slice): Promise<Page> {
    requireActingFor(caller, filter.customer);
    const orders = await this.#orders.list(filter, { limit: limit + 1, after });
    const page = orders.slice(0, limit);
    return { orders: page, next: orders.length > limit ? page.at(-1) : undefined };
  }

  /** All of a customer's orders, newest first, read as they are taken. The stream throws the signal's reason when it aborts. */
  export(caller: Caller, customer: string, signal: AbortSignal): AsyncIterable<Order> {
    requireActingFor(caller, customer);
    return this.#all(customer, signal);
  }

  /** Records a payment. The same payment again changes nothing; otherwise rejects with `failed_precondition` unless the order is pending. */
  async pay(caller: Caller, id: string, paymentReference: string): Promise<Order> {
    if (/\p{Cc}/u.test(paymentReference)) throw unprintable('payment_reference');
    const order = await this.get(caller, id);
    if (order.state === 'PAID' && order.paymentReference === paymentReference) return order;
    return (await this.#move(order, 'PAID', paymentReference)) ?? this.pay(caller, id, paymentReference);
  }

  /** Rejects with `failed_precondition` unless the order is pending. */
  async cancel(caller: Caller, id: string): Promise<Order> {
    const order = await this.get(caller, id);
    return (await this.#move(order, 'CANCELLED')) ?? this.cancel(caller, id);
  }

  /** Resolves to undefined when the order was moved meanwhile, and has to be looked at again. */
  async #move(order: Order, to: OrderState, paymentReference?: string): Promise<Order | undefined> {
    if (!moves[order.state].includes(to)) throw notPending(order);
    const moved = { ...order, state: to, paymentReference, updateTime: this.#now() };
    return (await this.#orders.move(moved, order.state)) ? moved : undefined;
  }

  #place(customer: string, lines: readonly OrderLine[]): Order {
    const now = this.#now();
    return {
      id: this.#newId(),
      customer,
      state: 'PENDING',
      lines,
      total: totalOf(lines),
      paymentReference: undefined,
      createTime: now,
      updateTime: now,
    };
  }

  async *#all(customer: string, signal: AbortSignal): AsyncGenerator<Order> {
    let after: Cursor | undefined;
    do {
      signal.throwIfAborted();
      const orders = await this.#orders.list({ customer }, { limit: exportBatch, after });
      yield* orders;
      after = orders.length === exportBatch ? orders.at(-1) : undefined;
    } while (after !== undefined);
  }
}

function mayActFor(caller: Caller, customer: string): boolean {
  return caller.isAdmin || caller.id === customer;
}

function requireActingFor(caller: Caller, customer: string): void {
  if (!mayActFor(caller, customer)) throw notYourOrders();
}
