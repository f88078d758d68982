import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';

const lines = [{ sku: 'TEA-1', quantity: 2, unitPrice: { currencyCode: 'EUR', units: '4', nanos: 500_000_000 } }];

/** Somebody with an account, who calls the gateway. */
export class Customer {
  readonly #gateway: string;
  readonly #name: string;
  readonly #token: string;

  private constructor(gateway: string, name: string, token: string) {
    this.#gateway = gateway;
    this.#name = name;
    this.#token = token;
  }

  static async signUp(gateway: string): Promise<Customer> {
    const account = { email: `${randomUUID()}@example.com`, password: 'correct-horse-battery' };
    const { name = '' } = await bodyOf(post(`${gateway}/v1/users`, { ...account, displayName: 'Ada' }));
    const { accessToken = '' } = await bodyOf(post(`${gateway}/v1/sessions`, account));
    return new Customer(gateway, name, accessToken);
  }

  /** Places an order, as part of the trace that is named. Resolves to the order's name. */
  async order(traceId: string): Promise<string> {
    const headers = { ...this.#credentials, traceparent: `00-${traceId}-b7ad6b7169203331-01` };
    return (await bodyOf(post(`${this.#gateway}/v1/orders`, { lines }, headers))).name ?? '';
  }

  /** How many orders this person has, on the first page. */
  async orders(): Promise<number> {
    const { orders = [] } = await bodyOf(fetch(`${this.#gateway}/v1/orders`, { headers: this.#credentials }));
    return orders.length;
  }

  /** Reads what is this person's, of both services, until the work is done. Resolves to how many reads there were, and which failed. */
  async readWhile(
    work: () => Promise<unknown>,
  ): Promise<{ readonly reads: number; readonly failed: readonly string[] }> {
    const failed: string[] = [];
    let reads = 0;
    let isDone = false;
    const read = async (path: string): Promise<void> => {
      while (!isDone) {
        const answer = await fetch(this.#gateway + path, { headers: this.#credentials }).catch(String);
        reads += 1;
        if (typeof answer === 'string') failed.push(answer);
        else if (!answer.ok) failed.push(`${path}: ${answer.status} ${await answer.text()}`);
        else await answer.arrayBuffer();
        await delay(5);
      }
    };
    const readers = [`/v1/${this.#name}`, '/v1/orders', `/v1/${this.#name}`, '/v1/orders'].map(read);
    await work().finally(() => (isDone = true));
    await Promise.all(readers);
    return { reads, failed };
  }

  get #credentials(): Readonly<Record<string, string>> {
    return { authorization: `Bearer ${this.#token}` };
  }
}

async function post(url: string, body: object, headers: Readonly<Record<string, string>> = {}): Promise<Response> {
  const init = { 'content-type': 'application/json', ...headers };
  return fetch(url, { method: 'POST', headers: init, body: JSON.stringify(body) });
}

/** What the tests look at in a body. */
interface Body {
  readonly name?: string;
  readonly accessToken?: string;
  readonly orders?: readonly object[];
}

async function bodyOf(call: Promise<Response>): Promise<Body> {
  const answer = await call;
  const text = await answer.text();
  assert.equal(answer.status, 200, text);
  return JSON.parse(text) as Body;
}
