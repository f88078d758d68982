import { ConformanceService } from '@ko/contracts/conformance';
import { createContext, StatusError, type Code, type Endpoint } from '@ko/endpoint';
import { RateLimiterMemory } from 'rate-limiter-flexible';
import { describe, expect, test } from 'vitest';
import { rateLimit } from './rate-limit.ts';

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

describe('rate limit', () => {
  test('counts by peer, and says when to come back', async () => {
    const limited = rateLimit(new RateLimiterMemory({ points: 1, duration: 60 }))(failing(), echo);
    const from = (peer: string) => limited(null, createContext({ peer }));

    await from('a');

    const refused: unknown = await from('a').catch((error: unknown) => error);
    expect(refused).toMatchObject({ code: 'resource_exhausted', reason: 'RATE_LIMITED' });
    expect(StatusError.from(refused).retryAfter).toBeGreaterThan(0);
    await expect(from('b')).resolves.toBe(2);
  });
});
