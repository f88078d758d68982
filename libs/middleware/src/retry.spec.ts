import { ConformanceService } from '@ko/contracts/conformance';
import { createContext, StatusError, type Code, type Endpoint } from '@ko/endpoint';
import { Registry } from 'prom-client';
import { describe, expect, test } from 'vitest';
import { RetryBudget } from './retry-budget.ts';
import { retry } from './retry.ts';

const { echo, fail, upload, wait } = ConformanceService.method;

/** Fails as told, call by call, then answers with the number of calls. */
function failing(...codes: (Code | StatusError)[]): Endpoint<null, number> & { calls: () => number } {
  let calls = 0;
  const endpoint: Endpoint<null, number> = async () => {
    const failure = codes[calls++];
    if (failure === undefined) return calls;
    throw failure instanceof StatusError ? failure : new StatusError(failure, failure);
  };
  return Object.assign(endpoint, { calls: () => calls });
}

describe('retry', () => {
  const quick = { initialDelay: 1, maxDelay: 2 };

  test('calls again what is safe to call again', async () => {
    await expect(
      retry(new RetryBudget(), quick)(failing('unavailable', 'unavailable'), echo)(null, createContext()),
    ).resolves.toBe(3);
  });

  test('gives up after its attempts', async () => {
    const endpoint = failing('unavailable', 'unavailable', 'unavailable', 'unavailable');

    await expect(retry(new RetryBudget(), quick)(endpoint, echo)(null, createContext())).rejects.toMatchObject({
      code: 'unavailable',
    });
    expect(endpoint.calls()).toBe(3);
  });

  test('does not repeat what may have had an effect, unless the call has an idempotency key', async () => {
    const unsafe = retry(new RetryBudget(), quick)(failing('unavailable'), fail)(null, createContext());
    const keyed = createContext({ outgoing: { 'idempotency-key': 'k' } });

    await expect(unsafe).rejects.toMatchObject({ code: 'unavailable' });
    await expect(retry(new RetryBudget(), quick)(failing('unavailable'), fail)(null, keyed)).resolves.toBe(2);
  });

  test.each<Code>(['not_found', 'internal', 'resource_exhausted', 'deadline_exceeded'])(
    'does not repeat %s',
    async (code) => {
      await expect(retry(new RetryBudget(), quick)(failing(code), echo)(null, createContext())).rejects.toMatchObject({
        code,
      });
    },
  );

  test('has a budget that an outage uses up, whichever methods it hits, and that shows', async () => {
    const metrics = new Registry();
    const middleware = retry(new RetryBudget({ ratio: 0, max: 10 }), { ...quick, metrics });
    const endpoint = failing(...Array<Code>(100).fill('unavailable'));

    for (const method of [echo, wait]) {
      for (let i = 0; i < 10; i++) await middleware(endpoint, method)(null, createContext()).catch(() => undefined);
    }

    expect(endpoint.calls()).toBe(20 + 10);
    const text = await metrics.metrics();
    expect(text).toMatch(/rpc_client_retries_total{.*method="Echo",outcome="retried"} 10/);
    expect(text).toMatch(/rpc_client_retries_total{.*method="Wait",outcome="budget_exhausted"} 10/);
  });

  test('waits as long as the callee asks for', async () => {
    const busy = new StatusError('resource_exhausted', 'busy', { retryAfter: 50 });
    const since = performance.now();

    await retry(new RetryBudget(), quick)(failing(busy), echo)(null, createContext());

    expect(performance.now() - since).toBeGreaterThan(45);
  });

  test('ends its pause when the caller goes', async () => {
    const busy = new StatusError('unavailable', 'busy', { retryAfter: 60_000 });
    const caller = new AbortController();

    const call = retry(new RetryBudget(), quick)(failing(busy), echo)(null, createContext({ signal: caller.signal }));
    setImmediate(() => caller.abort());

    await expect(call).rejects.toMatchObject({ code: 'cancelled' });
  });

  test('does not wait beyond the deadline', async () => {
    const busy = new StatusError('unavailable', 'busy', { retryAfter: 5_000 });

    const call = retry(new RetryBudget(), quick)(failing(busy), echo)(
      null,
      createContext({ deadline: Date.now() + 1_000 }),
    );

    await expect(call).rejects.toBe(busy);
  });

  test('never repeats a request that is a stream', () => {
    const endpoint = failing('unavailable');

    expect(retry(new RetryBudget(), quick)(endpoint, upload)).toBe(endpoint);
  });
});
