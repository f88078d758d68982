import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import type { Edge, EdgeAnswer } from './edge.ts';

/** One request of the load, and how it went. */
export interface Sample {
  /** When it was sent: milliseconds since 1970. */
  readonly start: number;
  /** Milliseconds until it was answered, or failed. */
  readonly duration: number;
  /** What went wrong; undefined when it was answered as it should be. */
  readonly failure: string | undefined;
}

/** A customer who is signed in, with an order to look at. */
interface Customer {
  readonly token: string;
  readonly order: string;
}

const password = 'correct-horse-battery';
const lines = [{ sku: 'TEA-1', quantity: 1, unitPrice: { currencyCode: 'EUR', units: '4', nanos: 0 } }];

/** One request in so many is a write: an order under an idempotency key. */
const writeEvery = 4;

/**
 * Customers who read and place orders at a constant rate, whether the answers come or not. Writes that were acknowledged
 * are remembered, and can be looked for afterwards.
 */
export class Load {
  readonly samples: Sample[] = [];
  readonly #edge: Edge;
  readonly #rate: number;
  readonly #acknowledged: { readonly name: string; readonly token: string }[] = [];
  #customers: readonly Customer[] = [];
  #sent = 0;

  /** `rate` is requests per second. */
  constructor(edge: Edge, rate: number) {
    this.#edge = edge;
    this.#rate = rate;
  }

  /** Makes the customers and an order for each. */
  async prepare(): Promise<void> {
    this.#customers = await Promise.all(Array.from({ length: 4 }, () => this.#newCustomer()));
  }

  /** Sends requests until the signal aborts, then waits for the answers that are due. */
  async run(signal: AbortSignal): Promise<void> {
    const interval = 1_000 / this.#rate;
    const pending = new Set<Promise<void>>();
    for (let due = performance.now(); !signal.aborted; due += interval) {
      await delay(Math.max(0, due - performance.now()));
      const sample = this.#request(this.#sent++).finally(() => pending.delete(sample));
      pending.add(sample);
    }
    await Promise.all(pending);
  }

  /** How many of the acknowledged writes nobody knows any more. */
  async lost(): Promise<number> {
    let lost = 0;
    for (const { name, token } of this.#acknowledged) {
      const { status } = await this.#edge.send({ method: 'GET', path: `/v1/${name}`, headers: bearer(token) });
      if (status !== 200) lost++;
    }
    return lost;
  }

  async #newCustomer(): Promise<Customer> {
    const email = `${randomUUID()}@example.com`;
    await this.#post('/v1/users', { email, password, displayName: 'Ada' });
    const { accessToken: token } = JSON.parse(await this.#post('/v1/sessions', { email, password })) as {
      readonly accessToken: string;
    };
    const { name } = JSON.parse(await this.#post('/v1/orders', { lines }, bearer(token))) as { readonly name: string };
    return { token, order: name };
  }

  async #post(path: string, body: object, headers: Readonly<Record<string, string>> = {}): Promise<string> {
    const answer = await this.#edge.send({
      method: 'POST',
      path,
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify(body),
    });
    if (answer.status !== 200) throw new Error(`POST ${path} was answered with ${answer.status}: ${answer.body}`);
    return answer.body;
  }

  async #request(index: number): Promise<void> {
    const customer = this.#customers[index % this.#customers.length];
    if (customer === undefined) throw new Error('prepare comes first');
    const start = Date.now();
    const since = performance.now();
    const failure = await this.#attempt(async () =>
      index % writeEvery === 0 ? this.#write(customer) : this.#read(customer, index),
    );
    this.samples.push({ start, duration: performance.now() - since, failure });
  }

  async #attempt(send: () => Promise<EdgeAnswer>): Promise<string | undefined> {
    try {
      const { status, body } = await send();
      return status === 200 ? undefined : `${status} ${body.slice(0, 200)}`;
    } catch (error) {
      return error instanceof Error ? error.message : String(error);
    }
  }

  async #read({ token, order }: Customer, index: number): Promise<EdgeAnswer> {
    const path = index % 2 === 0 ? `/v1/${order}` : '/v1/users/me';
    return this.#edge.send({ method: 'GET', path, headers: bearer(token) });
  }

  async #write({ token }: Customer): Promise<EdgeAnswer> {
    const answer = await this.#edge.send({
      method: 'POST',
      path: '/v1/orders',
      headers: { 'content-type': 'application/json', 'idempotency-key': randomUUID(), ...bearer(token) },
      body: JSON.stringify({ lines }),
    });
    if (answer.status === 200) {
      const { name } = JSON.parse(answer.body) as { readonly name: string };
      this.#acknowledged.push({ name, token });
    }
    return answer;
  }
}

function bearer(token: string): Readonly<Record<string, string>> {
  return { authorization: `Bearer ${token}` };
}
