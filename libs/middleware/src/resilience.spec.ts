import { ConformanceService } from '@ko/contracts/conformance';
import { createContext, StatusError, type Code, type Endpoint } from '@ko/endpoint';
import { RateLimiterMemory } from 'rate-limiter-flexible';
import { describe, expect, test } from 'vitest';
import { circuitBreaker } from './circuit-breaker.ts';
import { concurrencyLimit } from './concurrency-limit.ts';
import { deadline } from './deadline.ts';
import { forward } from './forward.ts';
import { rateLimit } from './rate-limit.ts';
import { retry } from './retry.ts';

const { echo, fail, download, upload } = ConformanceService.method;
const hang: Endpoint<null, never> = () => new Promise(() => undefined);

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

describe('deadline', () => {
  test('ends a call that goes on for too long, and aborts its signal', async () => {
    let aborted: AbortSignal | undefined;
    const endpoint: Endpoint<null, never> = (_, { signal }) => {
      aborted = signal;
      return hang(null, createContext());
    };

    await expect(deadline({ max: 10 })(endpoint, echo)(null, createContext())).rejects.toMatchObject({
      code: 'deadline_exceeded',
      message: expect.stringContaining('ConformanceService/Echo') as string,
    });

    expect(aborted?.reason).toMatchObject({ code: 'deadline_exceeded' });
  });

  test('is the earlier one of the caller and our own', async () => {
    const endpoint: Endpoint<null, number | undefined> = async (_, context) => context.deadline;
    const soon = Date.now() + 1_000;

    await expect(deadline({ max: 5_000 })(endpoint, echo)(null, createContext({ deadline: soon }))).resolves.toBe(soon);
    await expect(deadline({ max: 5_000 })(endpoint, echo)(null, createContext())).resolves.toBeGreaterThan(soon);
  });

  test('that has passed lets no call begin', async () => {
    const endpoint = failing();

    const call = deadline()(endpoint, echo)(null, createContext({ deadline: Date.now() - 1 }));

    await expect(call).rejects.toMatchObject({ code: 'deadline_exceeded' });
    expect(endpoint.calls()).toBe(0);
  });

  test('cuts a stream that hangs midway', async () => {
    async function* stuck() {
      yield 1;
      await new Promise(() => undefined);
    }
    const items: number[] = [];

    const read = async () => {
      const stream = await deadline({ max: 20 })(async () => stuck(), download)(null, createContext());
      for await (const item of stream) items.push(item);
    };

    await expect(read()).rejects.toMatchObject({ code: 'deadline_exceeded' });
    expect(items).toEqual([1]);
  });

  test('lets the cancellation of the caller through as it is', async () => {
    const controller = new AbortController();
    const gone = new StatusError('cancelled', 'gone');

    const call = deadline()(hang, echo)(null, createContext({ signal: controller.signal }));
    controller.abort(gone);

    await expect(call).rejects.toBe(gone);
  });
});

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

describe('limits', () => {
  test('a stream keeps its place until it is over', async () => {
    async function* one() {
      yield 1;
    }
    const limited = concurrencyLimit({ limit: 1 })(async () => one(), download);

    const stream = await limited(null, createContext());

    await expect(limited(null, createContext())).rejects.toMatchObject({
      code: 'resource_exhausted',
      reason: 'OVERLOADED',
    });
    await Array.fromAsync(stream);
    await expect(limited(null, createContext())).resolves.toBeDefined();
  });

  test('a rate limit counts by peer, and says when to come back', async () => {
    const limited = rateLimit(new RateLimiterMemory({ points: 1, duration: 60 }))(failing(), echo);
    const from = (peer: string) => limited(null, createContext({ peer }));

    await from('a');

    const refused: unknown = await from('a').catch((error: unknown) => error);
    expect(refused).toMatchObject({ code: 'resource_exhausted', reason: 'RATE_LIMITED' });
    expect(StatusError.from(refused).retryAfter).toBeGreaterThan(0);
    await expect(from('b')).resolves.toBe(2);
  });
});

test('forward lets named metadata pass, in both directions, and nothing else', async () => {
  const endpoint: Endpoint<null, object> = async (_, { outgoing, reply }) => {
    reply.set('etag', '1').set('secret', '2');
    return outgoing;
  };
  const context = createContext({ metadata: { authorization: 'x', cookie: 'y' } });

  const sent = await forward({ request: ['authorization'], response: ['etag'] })(endpoint, echo)(null, context);

  expect(sent).toEqual({ authorization: 'x' });
  expect([...context.reply]).toEqual([['etag', '1']]);
});
