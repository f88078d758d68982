import { randomUUID, type JsonWebKey } from 'node:crypto';
import { expect } from 'vitest';

/** An answer of the system. */
export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Body;
  /** The body as it came. */
  readonly text: string;
}

/** What tests look at in a body. Which of it there is, they have to know. */
export interface Body {
  readonly name: string;
  readonly total: object;
  readonly orders: readonly Body[];
  readonly users: readonly Body[];
  readonly nextPageToken: string;
  readonly accessToken: string;
  readonly refreshToken: string;
  readonly keys: readonly JsonWebKey[];
  readonly paths: object;
  readonly detail: string;
  readonly reason: string;
  readonly request_id: string;
  readonly violations: readonly { readonly field: string }[];
}

export interface Call {
  readonly token?: string;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Somebody with an account who is signed in. */
export interface Person {
  readonly email: string;
  readonly name: string;
  readonly token: string;
  readonly refreshToken: string;
}

export const password = 'correct-horse-battery';

/** Calls a system over HTTP, knowing nothing but its address. */
export class Caller {
  readonly #url: () => string;

  constructor(url: () => string) {
    this.#url = url;
  }

  /** Calls `POST /v1/orders` and the like. A string is sent as it is, everything else as JSON. */
  async call(route: string, { token, body, headers = {} }: Call = {}): Promise<Answer> {
    const [method = '', path = ''] = route.split(' ');
    const response = await fetch(this.#url() + path, {
      method,
      headers: {
        ...(body !== undefined && { 'content-type': 'application/json' }),
        ...(token !== undefined && { authorization: `Bearer ${token}` }),
        ...headers,
      },
      ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    const text = await response.text();
    const isJson = /^application\/(problem\+)?json/.test(response.headers.get('content-type') ?? '');
    const parsed: unknown = isJson ? JSON.parse(text) : {};
    return { status: response.status, headers: response.headers, body: parsed as Body, text };
  }

  async register(): Promise<Person> {
    const email = `${randomUUID()}@example.com`;
    const registered = await this.call('POST /v1/users', { body: { email, password, displayName: 'Ada' } });
    expect(registered).toMatchObject({ status: 200, body: { email } });
    return this.signIn(email);
  }

  async signIn(email: string): Promise<Person> {
    const signedIn = await this.call('POST /v1/sessions', { body: { email, password } });
    expect(signedIn.status).toBe(200);
    const { accessToken: token, refreshToken } = signedIn.body;
    const me = await this.call('GET /v1/users/me', { token });
    return { email, name: me.body.name, token, refreshToken };
  }

  async order(token: string, headers: Readonly<Record<string, string>> = {}): Promise<Answer> {
    return this.call('POST /v1/orders', { token, headers, body: { lines: [tea] } });
  }
}

export const tea = { sku: 'TEA-1', quantity: 3, unitPrice: { currencyCode: 'EUR', units: '4', nanos: 500_000_000 } };

/** Expects a problem document (RFC 9457) that says what to do. */
export function expectProblem(answer: Answer, status: number, problem: object): void {
  expect(answer.status).toBe(status);
  expect(answer.headers.get('content-type')).toContain('application/problem+json');
  expect(answer.body).toMatchObject({ status, request_id: expect.any(String) as string, ...problem });
  expect(answer.body.detail.length).toBeGreaterThan(5);
  expect(JSON.stringify(answer.body)).not.toMatch(/at .*\.(ts|js):\d+/);
}
