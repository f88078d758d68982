import { isUniqueViolation } from '@ko/data';
import type { Claim } from './claim.ts';
import type { Prisma, PrismaClient } from './generated/prisma/client.ts';
import type { Order, OrderState } from './order.ts';
import type { OrderFilter, OrderRepository, Slice, StoredOrder } from './service.ts';

const line = { sku: true, quantity: true, unitPriceUnits: true, unitPriceNanos: true } as const;
const lines = { lines: { select: line, orderBy: { position: 'asc' } } } as const satisfies Prisma.OrderInclude;

type OrderRow = Prisma.OrderGetPayload<{ include: typeof lines }>;

/** Orders in Postgres. */
export class PostgresOrders implements OrderRepository {
  readonly #prisma: PrismaClient;

  constructor(prisma: PrismaClient) {
    this.#prisma = prisma;
  }

  async insert(order: Order, claim?: Claim): Promise<StoredOrder> {
    if (claim !== undefined) await this.#deleteExpired(claim);
    try {
      // Prisma writes what is nested in one transaction; the key's primary key lets one of several at once pass.
      await this.#prisma.order.create({ data: rowsOf(order, claim), select: { id: true } });
      return { order, fingerprint: claim?.fingerprint };
    } catch (error) {
      const earlier = claim && isUniqueViolation(error) ? await this.findClaimed(claim) : undefined;
      if (earlier === undefined) throw error;
      return earlier;
    }
  }

  async findClaimed({ customer, key, claimTime }: Claim): Promise<StoredOrder | undefined> {
    const row = await this.#prisma.idempotencyKey.findUnique({
      where: { customerId_key: { customerId: customer, key }, expireTime: { gt: claimTime } },
      select: { fingerprint: true, order: { include: lines } },
    });
    return row === null ? undefined : { order: toOrder(row.order), fingerprint: row.fingerprint };
  }

  async findById(id: string): Promise<Order | undefined> {
    const row = await this.#prisma.order.findUnique({ where: { id }, include: lines });
    return row === null ? undefined : toOrder(row);
  }

  async list({ customer, state, from, until }: OrderFilter, { limit, after }: Slice): Promise<readonly Order[]> {
    const rows = await this.#prisma.order.findMany({
      where: {
        customerId: customer,
        ...(state && { state }),
        AND: [
          { createTime: { ...(from && { gte: from }), ...(until && { lt: until }) } },
          after === undefined ? {} : behind(after),
        ],
      },
      orderBy: [{ createTime: 'desc' }, { id: 'desc' }],
      take: limit,
      include: lines,
    });
    return rows.map(toOrder);
  }

  async move({ id, state, paymentReference, updateTime }: Order, from: OrderState): Promise<boolean> {
    const { count } = await this.#prisma.order.updateMany({
      where: { id, state: from },
      data: { state, paymentReference: paymentReference ?? null, updateTime },
    });
    return count === 1;
  }

  /** A customer's expired keys go when their next one comes, so that they do not pile up. */
  async #deleteExpired({ customer, claimTime }: Claim): Promise<void> {
    await this.#prisma.idempotencyKey.deleteMany({ where: { customerId: customer, expireTime: { lte: claimTime } } });
  }
}

/** What follows in the order of the list. The first condition is implied by the second; the index can use it. */
function behind({ createTime, id }: { readonly createTime: Date; readonly id: string }): Prisma.OrderWhereInput {
  return { createTime: { lte: createTime }, OR: [{ createTime: { lt: createTime } }, { id: { lt: id } }] };
}

function rowsOf(order: Order, claim: Claim | undefined): Prisma.OrderCreateInput {
  const { id, customer, state, total, paymentReference, createTime, updateTime } = order;
  return {
    id,
    customerId: customer,
    state,
    currency: total.currency,
    totalUnits: total.units,
    totalNanos: total.nanos,
    paymentReference: paymentReference ?? null,
    createTime,
    updateTime,
    lines: {
      create: order.lines.map(({ sku, quantity, unitPrice: { units, nanos } }, position) => ({
        position,
        sku,
        quantity,
        unitPriceUnits: units,
        unitPriceNanos: nanos,
      })),
    },
    ...(claim && {
      idempotencyKey: {
        create: { customerId: customer, key: claim.key, fingerprint: claim.fingerprint, expireTime: claim.expireTime },
      },
    }),
  };
}

function toOrder(row: OrderRow): Order {
  const { id, customerId, state, currency, paymentReference, createTime, updateTime } = row;
  return {
    id,
    customer: customerId,
    state,
    lines: row.lines.map(({ sku, quantity, unitPriceUnits, unitPriceNanos }) => ({
      sku,
      quantity,
      unitPrice: { currency, units: unitPriceUnits, nanos: unitPriceNanos },
    })),
    total: { currency, units: row.totalUnits, nanos: row.totalNanos },
    paymentReference: paymentReference ?? undefined,
    createTime,
    updateTime,
  };
}
