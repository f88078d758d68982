import { ConformanceService } from '@ko/contracts/conformance';
import { createContext, StatusError, type Context, type Endpoint } from '@ko/endpoint';
import { Registry } from 'prom-client';
import { describe, expect, test } from 'vitest';
import { concurrencyLimit, observeConcurrency } from './concurrency-limit.ts';
import { ConcurrencyLimiter } from './concurrency-limiter.ts';

const { echo, download } = ConformanceService.method;
const never: Endpoint<null, never> = () => new Promise(() => undefined);
const answer: Endpoint<null, string> = async () => 'answer';

describe('concurrency limit', () => {
  test('refuses at once what it has no place for, with advice that differs from caller to caller', async () => {
    const middleware = concurrencyLimit(new ConcurrencyLimiter({ max: 1 }));
    void middleware(never, echo)(null, createContext());

    const refusals = await Promise.all(
      Array.from({ length: 20 }, async () => middleware(answer, echo)(null, createContext()).catch(StatusError.from)),
    );

    expect(refusals[0]).toMatchObject({ code: 'resource_exhausted', reason: 'OVERLOADED' });
    const advice = new Set(refusals.map((refusal) => refusal instanceof StatusError && refusal.retryAfter));
    expect(advice.size).toBeGreaterThan(5);
  });

  test('has one place for a request and the calls that are made for it in the same process', async () => {
    const limiter = new ConcurrencyLimiter({ max: 1 });
    const limited = concurrencyLimit(limiter);
    const inner = limited(answer, echo);
    const outer = limited<Context, null, string>(async (request, context) => inner(request, context), echo);

    await expect(outer(null, createContext())).resolves.toBe('answer');

    expect(limiter.state).toMatchObject({ inFlight: 0, refused: 0 });
  });

  test('gives a place back when its call is over, however it ends', async () => {
    const limiter = new ConcurrencyLimiter({ max: 1 });
    const failing: Endpoint<null, never> = async () => Promise.reject(new StatusError('internal', 'no'));

    await concurrencyLimit(limiter)(failing, echo)(null, createContext()).catch(() => undefined);

    await expect(concurrencyLimit(limiter)(answer, echo)(null, createContext())).resolves.toBe('answer');
    expect(limiter.state).toMatchObject({ inFlight: 0, refused: 0 });
  });

  test('a stream keeps a place of its own until it is over', async () => {
    async function* one() {
      yield 1;
    }
    const middleware = concurrencyLimit(new ConcurrencyLimiter({ max: 1, maxStreams: 1 }));
    const limited = middleware(async () => one(), download);

    const stream = await limited(null, createContext());
    const single = middleware(answer, echo)(null, createContext());

    await expect(single).resolves.toBe('answer');
    await expect(limited(null, createContext())).rejects.toMatchObject({ reason: 'OVERLOADED' });
    await Array.fromAsync(stream);
    await expect(limited(null, createContext())).resolves.toBeDefined();
  });

  test('shows in metrics what it does', async () => {
    const registry = new Registry();
    const limiter = new ConcurrencyLimiter({ max: 1, maxStreams: 7 });
    const middleware = concurrencyLimit(limiter);
    observeConcurrency(registry, limiter);

    void middleware(never, echo)(null, createContext());
    await middleware(answer, echo)(null, createContext()).catch(() => undefined);

    const text = await registry.metrics();
    expect(text).toMatch(/rpc_server_concurrency_limit{kind="unary"} 1/);
    expect(text).toMatch(/rpc_server_concurrency_limit{kind="stream"} 7/);
    expect(text).toMatch(/rpc_server_concurrency_in_use{kind="unary"} 1/);
    expect(text).toMatch(/rpc_server_refused_total 1/);
  });
});
