import { ConformanceService } from '@ko/contracts/conformance';
import { createContext, StatusError, type Endpoint } from '@ko/endpoint';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { concurrencyLimit } from './concurrency-limit.ts';
import { ConcurrencyLimiter } from './concurrency-limiter.ts';

const { echo, wait } = ConformanceService.method;

/** Works at `capacity` calls at once, each for `duration` ms; the others wait for their turn, for ever if need be. */
class Server {
  readonly #capacity: number;
  readonly #waiting: (() => void)[] = [];
  duration: number;
  inFlight = 0;
  peak = 0;
  #working = 0;

  constructor(capacity: number, duration: number) {
    this.#capacity = capacity;
    this.duration = duration;
  }

  readonly endpoint: Endpoint<null, null> = async () => {
    this.inFlight += 1;
    this.peak = Math.max(this.peak, this.inFlight);
    if (this.#working >= this.#capacity) await new Promise<void>((resolve) => this.#waiting.push(resolve));
    this.#working += 1;
    await new Promise((resolve) => setTimeout(resolve, this.duration));
    this.#working -= 1;
    this.inFlight -= 1;
    this.#waiting.shift()?.();
    return null;
  };
}

interface Load {
  readonly perSecond: number;
  readonly seconds: number;
}

/** Calls at an even rate. Returns how many were answered within a second, and how many refused. */
async function load(endpoint: Endpoint<null, null>, { perSecond, seconds }: Load) {
  const outcome = { good: 0, refused: 0 };
  for (let tick = 0; tick < seconds * 100; tick++) {
    for (let i = Math.floor((tick * perSecond) / 100); i < Math.floor(((tick + 1) * perSecond) / 100); i++) {
      const since = performance.now();
      endpoint(null, createContext()).then(
        () => (outcome.good += performance.now() - since <= 1_000 ? 1 : 0),
        () => (outcome.refused += 1),
      );
    }
    await vi.advanceTimersByTimeAsync(10);
  }
  return outcome;
}

function limited(limiter: ConcurrencyLimiter, server: Server, method = echo as typeof echo | typeof wait) {
  return concurrencyLimit(limiter)(server.endpoint, method);
}

describe('the limit of concurrency', () => {
  const idle = { utilization: () => 0.1 };

  beforeEach(() => vi.useFakeTimers());
  afterEach(() => vi.useRealTimers());

  test('grows as far as it is used, while calls take as long as ever', async () => {
    const limiter = new ConcurrencyLimiter({ ...idle, initial: 50, max: 400 });

    const unused = await load(limited(limiter, new Server(1_000, 100)), { perSecond: 100, seconds: 5 });
    const before = limiter.state.limit;
    const used = await load(limited(limiter, new Server(1_000, 100)), { perSecond: 3_000, seconds: 10 });
    const after = limiter.state.limit;

    expect(unused.refused).toBe(0);
    expect(before).toBe(50);
    expect(used.good + used.refused).toBeGreaterThan(25_000);
    expect(after).toBeGreaterThan(300);
  });

  test('keeps a server at its capacity when four times as much is asked, where without a limit nothing gets done', async () => {
    const [bare, server] = [new Server(40, 100), new Server(40, 100)];
    const limiter = new ConcurrencyLimiter(idle);
    const endpoint = limited(limiter, server);
    const capacity = 400;

    await load(endpoint, { perSecond: 100, seconds: 5 });
    await load(endpoint, { perSecond: 1_600, seconds: 5 });
    server.peak = 0;
    const shed = await load(endpoint, { perSecond: 1_600, seconds: 30 });
    await load(bare.endpoint, { perSecond: 1_600, seconds: 5 });
    const unlimited = await load(bare.endpoint, { perSecond: 1_600, seconds: 10 });

    expect(shed.good).toBeGreaterThan(0.9 * capacity * 30);
    // As many as are served within the time that they may wait.
    expect(server.peak).toBeLessThan(8 * 40);
    expect(unlimited.good).toBe(0);
    expect(bare.peak).toBeGreaterThan(5_000);
  });

  test('refuses nothing any more once the overload is over', async () => {
    const limiter = new ConcurrencyLimiter(idle);
    const endpoint = limited(limiter, new Server(40, 100));

    await load(endpoint, { perSecond: 100, seconds: 5 });
    await load(endpoint, { perSecond: 2_000, seconds: 10 });
    await load(endpoint, { perSecond: 200, seconds: 2 });
    const after = await load(endpoint, { perSecond: 300, seconds: 10 });

    expect(after.refused).toBe(0);
  });

  test('shrinks when calls are given up', async () => {
    const limiter = new ConcurrencyLimiter({ utilization: () => 1, initial: 100 });
    const stuck: Endpoint<null, null> = async () => {
      await new Promise((resolve) => setTimeout(resolve, 200));
      throw new StatusError('deadline_exceeded', 'too late');
    };

    await load(limited(limiter, new Server(1_000, 100)), { perSecond: 100, seconds: 2 });
    await load(concurrencyLimit(limiter)(stuck, echo), { perSecond: 1_000, seconds: 10 });

    expect(limiter.state.limit).toBe(20);
  });

  test('does not stay small when it is something else that is slow', async () => {
    const limiter = new ConcurrencyLimiter(idle);
    const server = new Server(10_000, 50);
    const endpoint = limited(limiter, server);

    await load(endpoint, { perSecond: 500, seconds: 5 });
    server.duration = 400;
    await load(endpoint, { perSecond: 500, seconds: 15 });
    const after = await load(endpoint, { perSecond: 500, seconds: 5 });

    expect(after.refused).toBe(0);
  });

  test('compares each method with itself: a slow one beside a fast one is no overload', async () => {
    const limiter = new ConcurrencyLimiter({ ...idle, initial: 60, max: 100 });
    const fast = limited(limiter, new Server(1_000, 5));
    const slow = limited(limiter, new Server(1_000, 1_000), wait);
    let calls = 0;
    const mixed: typeof fast = async (...call) => (calls++ % 20 === 0 ? slow : fast)(...call);

    await load(fast, { perSecond: 400, seconds: 3 });
    const { refused } = await load(mixed, { perSecond: 800, seconds: 10 });

    expect(refused).toBe(0);
    expect(limiter.state.limit).toBeGreaterThanOrEqual(60);
  });

  test('shows its state', async () => {
    const limiter = new ConcurrencyLimiter({ ...idle, initial: 20, maxStreams: 5 });

    await load(limited(limiter, new Server(100, 1_000)), { perSecond: 25, seconds: 1 });

    expect(limiter.state).toEqual({ limit: 20, inFlight: 20, maxStreams: 5, streams: 0, refused: 5 });
  });
});
