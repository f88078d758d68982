import { setInterval, setTimeout as delay } from 'node:timers/promises';
import { ConformanceService } from '@ko/contracts/conformance';
import { createContext, StatusError } from '@ko/endpoint';
import { describe, expect, test, vi } from 'vitest';
import type { Pool } from './pool.ts';
import { FakeService, names, type Answer } from './testing/fake-service.ts';

const fails =
  (code: 'internal' | 'unavailable' | 'not_found'): Answer =>
  () =>
    Promise.reject(new StatusError(code, 'no'));

async function outcomes(pool: Pool, calls: number): Promise<string[]> {
  const { echo } = pool.client(ConformanceService);
  const outcomes = [];
  for (let call = 0; call < calls; call++) {
    outcomes.push(
      await echo({}, createContext()).then(
        ({ name }) => name,
        (error: unknown) => StatusError.from(error).code,
      ),
    );
  }
  return outcomes;
}

describe('the circuit of an instance', () => {
  test('opens when it keeps failing: the others get its calls', async () => {
    const service = new FakeService();
    const pool = service.pool();
    service.has('a:1', 'b:1');
    service.at('a:1').answer = fails('internal');

    const before = await outcomes(pool, 10);
    const after = await outcomes(pool, 4);

    expect(before.filter((outcome) => outcome === 'internal')).toHaveLength(5);
    expect(after).toEqual(['b:1', 'b:1', 'b:1', 'b:1']);
    expect(pool.view.instances[0]).toMatchObject({
      circuit: { state: 'open', reason: '5 calls in a row have failed' },
    });
  });

  test("does not count the caller's mistakes", async () => {
    const service = new FakeService();
    const pool = service.pool();
    service.has('a:1');
    service.at('a:1').answer = fails('not_found');

    expect(await outcomes(pool, 20)).toEqual(Array(20).fill('not_found'));
  });

  test('does not count callers who had no time: none can put an instance aside that way', async () => {
    const service = new FakeService();
    const pool = service.pool();
    service.has('a:1');
    const late = new StatusError('deadline_exceeded', 'late');
    const { echo } = pool.client(ConformanceService);

    for (let call = 0; call < 20; call++) {
      const impatient = new AbortController();
      service.at('a:1').answer = async () => {
        impatient.abort(late);
        return Promise.reject(late);
      };
      await expect(echo({}, createContext({ signal: impatient.signal }))).rejects.toBe(late);
    }

    expect(pool.view.instances[0]).toMatchObject({ circuit: { state: 'closed' } });
  });

  test('does not count requests that this process cannot send', async () => {
    const service = new FakeService();
    const pool = service.pool();
    service.has('a:1');
    service.at('a:1').answer = () => Promise.reject(new RangeError('1.5 is no integer'));

    await outcomes(pool, 20);

    expect(pool.view.instances[0]).toMatchObject({ circuit: { state: 'closed' }, latencyMs: 0 });
  });

  test.each(['OVERLOADED', 'TOO_MANY_CALLS'])('takes no refusal (%s) for a success', async (reason) => {
    const service = new FakeService();
    const pool = service.pool();
    service.has('a:1');
    service.at('a:1').answer = fails('internal');
    await outcomes(pool, 4);
    service.at('a:1').answer = () => Promise.reject(new StatusError('resource_exhausted', 'no', { reason }));
    await outcomes(pool, 1);
    service.at('a:1').answer = fails('internal');
    await outcomes(pool, 1);

    expect(pool.view.instances[0]).toMatchObject({ circuit: { state: 'open' } });
  });

  test('open everywhere: calls are refused at once, with advice, until it is reset by hand', async () => {
    const service = new FakeService();
    const pool = service.pool();
    service.has('a:1');
    service.at('a:1').answer = fails('internal');
    await outcomes(pool, 5);
    const { echo } = pool.client(ConformanceService);

    const refusal = await echo({}, createContext()).catch(StatusError.from);
    expect(refusal).toMatchObject({ code: 'unavailable', reason: 'CIRCUIT_OPEN' });
    expect(refusal).toHaveProperty('retryAfter', expect.toSatisfy(Number.isInteger));
    service.at('a:1').answer = () => Promise.resolve({ name: 'well' });

    expect(pool.reset('other:1')).toBe(0);
    expect(pool.reset()).toBe(1);
    expect(await names(pool, 1)).toEqual(['well']);
  });

  test('once half open lets one call at a time through, the others go elsewhere', async () => {
    const service = new FakeService();
    const pool = service.pool();
    service.has('a:1', 'b:1');
    service.at('a:1').answer = fails('internal');
    await outcomes(pool, 10);
    await expect.poll(() => pool.view.instances[0]?.circuit.state, { timeout: 3_000 }).toBe('half open');
    const trial = Promise.withResolvers<object>();
    service.at('a:1').answer = () => trial.promise;
    const { echo } = pool.client(ConformanceService);

    const meanwhile = Promise.all([echo({}, createContext()), echo({}, createContext()), names(pool, 2)]);
    await delay(1);
    trial.resolve({ name: 'well' });

    expect(JSON.stringify(await meanwhile).match(/well/g)).toHaveLength(1);
    expect(pool.view.instances[0]).toMatchObject({ circuit: { state: 'closed' } });
  });

  test('is closed again when the instance comes back', async () => {
    const service = new FakeService();
    const pool = service.pool();
    service.has('a:1');
    service.at('a:1').answer = fails('unavailable');
    await outcomes(pool, 5);

    service.at('a:1').become('unreachable');
    service.at('a:1').answer = () => Promise.resolve({ name: 'well' });
    service.at('a:1').become('serving');

    expect(await names(pool, 1)).toEqual(['well']);
  });

  test('opens when it hangs: it has not answered for a while, and does not answer a probe', async () => {
    const service = new FakeService();
    const pool = service.pool({ silence: 20 });
    service.has('a:1', 'b:1');
    const hung = service.at('a:1');
    hung.answer = ({ signal }) =>
      new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason as Error)));
    hung.isAlive = false;
    const leave = new AbortController();

    const { fail } = pool.client(ConformanceService);
    const waiting = fail({}, createContext({ signal: leave.signal }));
    while (pool.view.instances[0]?.circuit.state === 'closed') await delay(5);
    leave.abort(new StatusError('cancelled', 'gone'));

    expect(await names(pool, 3)).toEqual(['b:1', 'b:1', 'b:1']);
    expect(pool.view.instances[0]).toMatchObject({
      circuit: { reason: expect.stringMatching(/no answer for \d+ ms/) as string },
    });
    await expect(waiting).rejects.toMatchObject({ code: 'cancelled' });
  });

  test.each([
    { what: 'a call of a safe method', call: 'echo', outgoing: {} },
    { what: 'a call with an idempotency key', call: 'fail', outgoing: { 'idempotency-key': 'k' } },
  ] as const)('gives $what back when it hangs, so that another one can be asked', async ({ call, outgoing }) => {
    const service = new FakeService();
    const pool = service.pool({ silence: 20 });
    service.has('a:1');
    service.at('a:1').answer = async () => new Promise(() => {});
    service.at('a:1').isAlive = false;

    const answer = pool.client(ConformanceService)[call]({}, createContext({ outgoing }));

    await expect(answer).rejects.toMatchObject({ code: 'unavailable', reason: 'HUNG' });
    expect(pool.view.instances[0]).toMatchObject({ inFlight: 0, circuit: { state: 'open' } });
  });

  test('stays closed when it is only slow: a probe is answered', async () => {
    const service = new FakeService();
    const pool = service.pool({ silence: 10 });
    service.has('a:1');
    service.at('a:1').answer = async () => delay(100, { name: 'slow' });

    expect(await names(pool, 1)).toEqual(['slow']);
    expect(pool.view.instances[0]).toMatchObject({ circuit: { state: 'closed' } });
  });

  test('is not asked whether it is alive while all that goes on are streams that have nothing to say', async () => {
    const service = new FakeService();
    const pool = service.pool({ silence: 10 });
    service.has('a:1');
    const leave = new AbortController();
    service.at('a:1').answer = async () => Promise.resolve(setInterval(1_000, {}, { signal: leave.signal }));
    const probe = vi.spyOn(service.at('a:1'), 'probe');
    const { download } = pool.client(ConformanceService);

    const streams = await Promise.all([download({}, createContext()), download({}, createContext())]);
    const read = streams.map(async (books) => books[Symbol.asyncIterator]().next());
    await delay(200);
    leave.abort();

    expect(probe).not.toHaveBeenCalled();
    expect(await Promise.allSettled(read)).toMatchObject([{ status: 'rejected' }, { status: 'rejected' }]);
  });

  test('opens when it fails far more often than the others', async () => {
    const service = new FakeService();
    const pool = service.pool();
    service.has('a:1', 'b:1', 'c:1');
    let calls = 0;
    service.at('a:1').answer = async () =>
      ++calls % 2 === 0 ? Promise.resolve({ name: 'a:1' }) : fails('internal')(createContext());

    await outcomes(pool, 90);

    expect(pool.view.instances[0]).toMatchObject({
      circuit: { state: 'open', reason: expect.stringContaining('more than elsewhere') as string },
    });
    expect(calls).toBeLessThan(30);
  });

  test('stays closed when all fail like that: the fault is elsewhere', async () => {
    const service = new FakeService();
    const pool = service.pool();
    service.has('a:1', 'b:1');
    for (const address of ['a:1', 'b:1']) {
      let calls = 0;
      service.at(address).answer = async () =>
        ++calls % 2 === 0 ? Promise.resolve({ name: address }) : fails('internal')(createContext());
    }

    await outcomes(pool, 100);

    expect(pool.view.instances.map(({ circuit }) => circuit.state)).toEqual(['closed', 'closed']);
  });
});
