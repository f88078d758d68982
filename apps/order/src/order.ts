import type { Money } from '@ko/resource/money';

/** Where an order is on its way. */
export type OrderState = 'PENDING' | 'PAID' | 'CANCELLED';

/** The states that an order can go to from each. */
export const moves: Readonly<Record<OrderState, readonly OrderState[]>> = {
  PENDING: ['PAID', 'CANCELLED'],
  PAID: [],
  CANCELLED: [],
};

/** A number of one article. */
export interface OrderLine {
  readonly sku: string;
  readonly quantity: number;
  readonly unitPrice: Money;
}

/** What a customer wants to buy. */
export interface Order {
  readonly id: string;
  /** Id of the user. */
  readonly customer: string;
  readonly state: OrderState;
  /** In the order given; all in the currency of the total. */
  readonly lines: readonly OrderLine[];
  readonly total: Money;
  /** What paid the order. */
  readonly paymentReference: string | undefined;
  readonly createTime: Date;
  /** When the order last changed its state. */
  readonly updateTime: Date;
}

/** The order as it was before it changed its state. */
export function asPlaced(order: Order): Order {
  return { ...order, state: 'PENDING', paymentReference: undefined, updateTime: order.createTime };
}
