import { setTimeout as delay } from 'node:timers/promises';
import { ConformanceService } from '@ko/contracts/conformance';
import { OrderService } from '@ko/contracts/order';
import { chain, createContext, deadlineExceeded, StatusError, type Code, type Endpoint } from '@ko/endpoint';
import { describe, expect, test } from 'vitest';
import { concurrencyLimit } from './concurrency-limit.ts';
import { ConcurrencyLimiter } from './concurrency-limiter.ts';
import { deadline, timeoutOf } from './deadline.ts';

const { echo, download } = ConformanceService.method;
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
  test('lets a stream go that begins when the call is over', async () => {
    const limiter = new ConcurrencyLimiter();
    const late: Endpoint<null, AsyncIterable<number>> = async () => {
      await delay(40);
      return numbers();
    };
    const call = chain(deadline({ max: 10 }), concurrencyLimit(limiter))(late, download)(null, createContext());

    await expect(call).rejects.toMatchObject({ code: 'deadline_exceeded' });

    expect(limiter.state.streams).toBe(1);
    await expect.poll(() => limiter.state.streams).toBe(0);
  });

  test('ends a stream that nobody reads', async () => {
    const limiter = new ConcurrencyLimiter();
    const endpoint: Endpoint<null, AsyncIterable<number>> = async () => numbers();
    const around = chain(deadline({ max: 40 }), concurrencyLimit(limiter));

    const stream = await around(endpoint, download)(null, createContext());

    expect(limiter.state.streams).toBe(1);
    await expect.poll(() => limiter.state.streams).toBe(0);
    await expect(stream[Symbol.asyncIterator]().next()).rejects.toMatchObject({ code: 'deadline_exceeded' });
  });

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

  test('of a call that is made is a little earlier, so that the answer gets back', async () => {
    const endpoint: Endpoint<null, number> = async (_, { deadline: end = 0 }) => end;
    const call = (left: number) => {
      const end = Date.now() + left;
      return deadline({ side: 'client' })(endpoint, echo)(null, createContext({ deadline: end })).then(
        (own) => end - own,
      );
    };

    expect(await call(1_000)).toBeCloseTo(20, -1);
    expect(await call(100)).toBeCloseTo(10, -1);
  });

  test('of who only relays is that of its calls, which end before', async () => {
    const around = chain(deadline({ max: 50, side: 'relay' }), deadline({ side: 'client' }));
    const call = (end?: number) => around(hang, echo)(null, createContext({ deadline: end }));
    const failure = async (end?: number) => call(end).catch(StatusError.from);

    const [own, callers, none] = await Promise.all([failure(), failure(Date.now() + 20), failure(Date.now())]);

    expect([own, callers, none].map(({ code }) => code)).toEqual(Array(3).fill('deadline_exceeded'));
    expect(Number(own.metadata.timeout_ms)).toBeGreaterThan(20);
    expect(Number(own.metadata.timeout_ms)).toBeLessThanOrEqual(45);
    expect(Number(callers.metadata.timeout_ms)).toBeLessThanOrEqual(18);
    expect(none.message).toContain('no time left');
  });

  test('of who only relays leaves it to its calls to end: they have the signal of its caller', async () => {
    const context = createContext();
    const endpoint: Endpoint<null, AbortSignal> = async (_, { signal }) => signal;

    await expect(deadline({ side: 'relay' })(endpoint, echo)(null, context)).resolves.toBe(context.signal);
  });

  test('names the method that was too slow, and the time it had', async () => {
    const call = deadline({ max: 15 })(hang, echo)(null, createContext());

    await expect(call).rejects.toMatchObject({
      reason: 'DEADLINE_EXCEEDED',
      message: 'ko.conformance.v1.ConformanceService/Echo took longer than the 15 ms it had',
      metadata: { method: 'ko.conformance.v1.ConformanceService/Echo', timeout_ms: '15' },
    });
  });

  test('keeps the name of a method further in, and gives one to a failure of the transport', async () => {
    const further = new StatusError('deadline_exceeded', 'further in', { reason: 'DEADLINE_EXCEEDED' });

    const named = deadline()(async () => Promise.reject(further), echo)(null, createContext());
    const nameless = deadline()(async () => Promise.reject(deadlineExceeded()), echo)(null, createContext());

    await expect(named).rejects.toBe(further);
    await expect(nameless).rejects.toMatchObject({ reason: 'DEADLINE_EXCEEDED' });
  });

  test('gives a name to what a transport says of a stream, and to why the signal aborts', async () => {
    const controller = new AbortController();
    let aborted: AbortSignal | undefined;
    async function* failing(): AsyncGenerator<number> {
      yield 1;
      throw deadlineExceeded();
    }
    const stream = await deadline()(async (_, { signal }) => {
      aborted = signal;
      return failing();
    }, download)(null, createContext({ signal: controller.signal }));

    const items = stream[Symbol.asyncIterator]();
    await items.next();
    controller.abort(deadlineExceeded());

    await expect(items.next()).rejects.toMatchObject({ reason: 'DEADLINE_EXCEEDED' });
    expect(aborted?.reason).toMatchObject({ reason: 'DEADLINE_EXCEEDED' });
  });

  test('is what the contract says, if it does', () => {
    expect(timeoutOf(OrderService.method.exportOrders, 10)).toBe(60_000);
    expect(timeoutOf(OrderService.method.getOrder, 10)).toBe(10);
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

async function* numbers(): AsyncGenerator<number> {
  yield* [1, 2, 3];
}
