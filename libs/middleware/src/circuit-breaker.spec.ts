import { ConformanceService } from '@ko/contracts/conformance';
import { createContext, StatusError, type Code, type Endpoint } from '@ko/endpoint';
import { describe, expect, test } from 'vitest';
import { circuitBreaker } from './circuit-breaker.ts';

const { echo } = ConformanceService.method;

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

describe('circuit breaker', () => {
  test('opens after failures in a row, and closes when a trial call succeeds', async () => {
    const changes: string[] = [];
    const endpoint = failing('unavailable', 'internal');
    const guarded = circuitBreaker({ threshold: 2, halfOpenAfter: 20, onChange: (state) => void changes.push(state) })(
      endpoint,
      echo,
    );
    const call = () => guarded(null, createContext());

    await expect(call()).rejects.toMatchObject({ code: 'unavailable' });
    await expect(call()).rejects.toMatchObject({ code: 'internal' });
    await expect(call()).rejects.toMatchObject({ code: 'unavailable', reason: 'CIRCUIT_OPEN' });
    expect(endpoint.calls()).toBe(2);
    await expect.poll(call).toBe(3);

    expect(changes).toEqual(['open', 'half open', 'closed']);
  });

  test('does not mind the mistakes of callers', async () => {
    const endpoint = failing('not_found', 'invalid_argument', 'resource_exhausted');
    const guarded = circuitBreaker({ threshold: 1 })(endpoint, echo);

    for (let i = 0; i < 3; i++) await guarded(null, createContext()).catch(() => undefined);

    await expect(guarded(null, createContext())).resolves.toBe(4);
  });
});
