import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';

const password = 'correct-horse-battery';
const lines = [{ sku: 'TEA-1', quantity: 1, unitPrice: { currencyCode: 'EUR', units: '4', nanos: 0 } }];

interface Request {
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: object;
}

/**
 * What clients of a gateway do, over and over until the signal aborts: orders, readings, and all that goes wrong by their
 * own fault or for want of time.
 */
export async function traffic(gateway: string, signal: AbortSignal): Promise<void> {
  const call = async (method: string, path: string, { headers = {}, body }: Request = {}): Promise<string> => {
    const type = body && { 'content-type': 'application/json' };
    const init = { method, headers: { ...type, ...headers }, ...(body && { body: JSON.stringify(body) }) };
    return (await fetch(`${gateway}${path}`, init)).text();
  };
  const account = { email: `${randomUUID()}@example.com`, password };
  await call('POST', '/v1/users', { body: { ...account, displayName: 'Ada' } });
  const { accessToken } = JSON.parse(await call('POST', '/v1/sessions', { body: account })) as { accessToken: string };
  const headers = { authorization: `Bearer ${accessToken}` };

  while (!signal.aborted) {
    await Promise.all([
      call('POST', '/v1/orders', { headers, body: { lines } }),
      call('GET', '/v1/orders', { headers }),
      call('GET', '/v1/users/me', { headers }),
      call('GET', '/v1/orders', { headers: { ...headers, 'x-request-timeout-ms': '1' } }),
      call('GET', `/v1/orders/${randomUUID()}`, { headers }),
      call('GET', '/v1/orders'),
      call('GET', '/nothing/here'),
    ]);
    await delay(200);
  }
}
