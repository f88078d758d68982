import { ConformanceService } from '@ko/contracts/conformance';
import { createContext, StatusError, type Code, type Endpoint } from '@ko/endpoint';
import { describe, expect, test } from 'vitest';
import { retry } from './retry.ts';

const { echo, fail, upload } = ConformanceService.method;

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
    await expect(retry(quick)(failing('unavailable', 'unavailable'), echo)(null, createContext())).resolves.toBe(3);
  });

  test('gives up after its attempts', async () => {
    const endpoint = failing('unavailable', 'unavailable', 'unavailable', 'unavailable');

    await expect(retry(quick)(endpoint, echo)(null, createContext())).rejects.toMatchObject({ code: 'unavailable' });
    expect(endpoint.calls()).toBe(3);
  });

  test('does not repeat what may have had an effect, unless the call has an idempotency key', async () => {
    const unsafe = retry(quick)(failing('unavailable'), fail)(null, createContext());
    const keyed = createContext({ outgoing: { 'idempotency-key': 'k' } });

    await expect(unsafe).rejects.toMatchObject({ code: 'unavailable' });
    await expect(retry(quick)(failing('unavailable'), fail)(null, keyed)).resolves.toBe(2);
  });

  test.each<Code>(['not_found', 'internal', 'resource_exhausted', 'deadline_exceeded'])(
    'does not repeat %s',
    async (code) => {
      await expect(retry(quick)(failing(code), echo)(null, createContext())).rejects.toMatchObject({ code });
    },
  );

  test('has a budget that an outage uses up', async () => {
    const middleware = retry({ ...quick, budget: 0 });
    const endpoint = failing(...Array<Code>(100).fill('unavailable'));

    for (let i = 0; i < 20; i++) await middleware(endpoint, echo)(null, createContext()).catch(() => undefined);

    expect(endpoint.calls()).toBe(20 + 10);
  });

  test('does not wait beyond the deadline', async () => {
    const busy = new StatusError('unavailable', 'busy', { retryAfter: 5_000 });

    const call = retry(quick)(failing(busy), echo)(null, createContext({ deadline: Date.now() + 1_000 }));

    await expect(call).rejects.toBe(busy);
  });

  test('never repeats a request that is a stream', () => {
    const endpoint = failing('unavailable');

    expect(retry(quick)(endpoint, upload)).toBe(endpoint);
  });
});
