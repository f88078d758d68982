import { setTimeout as delay } from 'node:timers/promises';
import { ConformanceService } from '@ko/contracts/conformance';
import { createContext, StatusError } from '@ko/endpoint';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { instanceAt } from './instance.ts';
import { FakeService, names } from './testing/fake-service.ts';

describe('a pool', () => {
  test('calls the instances that the balancer picks, over one link to each', async () => {
    const service = new FakeService();
    const pool = service.pool();
    service.has('a:1', 'b:1');

    expect(await names(pool, 4)).toEqual(['a:1', 'b:1', 'a:1', 'b:1']);
    expect(service.made).toEqual(['a:1', 'b:1']);
  });

  test('follows the list: new instances get calls, links to those that are gone are closed', async () => {
    const service = new FakeService();
    const pool = service.pool();
    service.has('a:1', 'b:1');

    service.has('b:1', 'c:1');

    expect(new Set(await names(pool, 4))).toEqual(new Set(['b:1', 'c:1']));
    expect(service.at('a:1').isClosed).toBe(true);
    expect(service.made).toEqual(['a:1', 'b:1', 'c:1']);
  });

  test('a process that took over an address is another instance', async () => {
    const service = new FakeService();
    const pool = service.pool();
    service.has(instanceAt('a:1', { id: 'first' }));

    service.has(instanceAt('a:1', { id: 'second' }));

    expect(await names(pool, 1)).toEqual(['a:1']);
    expect(service.made).toEqual(['a:1', 'a:1']);
  });

  test('leaves alone who cannot be reached, who stops, and who has no weight', async () => {
    const service = new FakeService();
    const pool = service.pool();
    service.has('a:1', 'b:1', 'c:1', instanceAt('d:1', { weight: 0 }));

    service.at('a:1').become('unreachable');
    service.at('b:1').become('draining');

    expect(await names(pool, 3)).toEqual(['c:1', 'c:1', 'c:1']);
  });

  test('asks for the same once more at another instance, while the first has not answered', async () => {
    const service = new FakeService();
    const pool = service.pool({ balancer: ([first]) => first });
    service.has('a:1', 'b:1');
    const slow = Promise.withResolvers<object>();
    service.at('a:1').answer = () => slow.promise;
    const request = { name: 'the same' };
    const { echo } = pool.client(ConformanceService);

    const first = echo(request, createContext());
    await delay(1);
    const second = await echo(request, createContext());
    slow.resolve({ name: 'a:1' });

    expect([second.name, (await first).name]).toEqual(['b:1', 'a:1']);
    expect((await echo(request, createContext())).name).toBe('a:1');
  });

  test('calls who stops as long as there is nobody else', async () => {
    const service = new FakeService();
    const pool = service.pool();
    service.has('a:1', 'b:1');

    service.at('a:1').become('draining');
    const meanwhile = await names(pool, 2);
    service.at('b:1').become('unreachable');

    expect(meanwhile).toEqual(['b:1', 'b:1']);
    expect(await names(pool, 2)).toEqual(['a:1', 'a:1']);
  });

  test('rejects at once while nobody is known, or nobody can be reached', async () => {
    const service = new FakeService();
    const pool = service.pool();
    const { echo } = pool.client(ConformanceService);

    service.has();
    await expect(echo({}, createContext())).rejects.toMatchObject({ code: 'unavailable', reason: 'NO_INSTANCE' });

    service.has('a:1');
    service.at('a:1').become('unreachable');
    await expect(echo({}, createContext())).rejects.toMatchObject({ code: 'unavailable', reason: 'UNREACHABLE' });
  });

  test('lets a call wait while the first instances are being found and connected to', async () => {
    const service = new FakeService();
    const pool = service.pool({ patience: 10_000 });

    const call = names(pool, 1);
    service.has('a:1');
    service.at('a:1').become('connecting');
    await delay(10);
    service.at('a:1').become('serving');

    expect(await call).toEqual(['a:1']);
  });

  test('lets nobody wait longer than that, or than the caller does', async () => {
    const pool = new FakeService().pool({ patience: 10_000 });
    const { echo } = pool.client(ConformanceService);
    const gone = new StatusError('cancelled', 'gone');

    const waiting = echo({}, createContext({ signal: AbortSignal.abort(gone) }));
    const patient = new FakeService().pool({ patience: 10 }).client(ConformanceService).echo({}, createContext());

    await expect(waiting).rejects.toBe(gone);
    await expect(patient).rejects.toMatchObject({ reason: 'NO_INSTANCE' });
  });
});

test('a new instance gets its share by and by', async () => {
  vi.useFakeTimers({ toFake: ['performance'] });
  onTestFinished(() => void vi.useRealTimers());
  const service = new FakeService();
  const pool = service.pool({ slowStart: 10_000 });
  const share = async () => (await names(pool, 110)).filter((name) => name === 'new:1').length / 110;

  service.has('old:1');
  vi.advanceTimersByTime(10_000);
  service.has('old:1', 'new:1');
  const first = await share();
  vi.advanceTimersByTime(5_000);
  const later = await share();
  vi.advanceTimersByTime(5_000);
  const last = await share();

  expect(first).toBeCloseTo(1 / 11, 1);
  expect(later).toBeCloseTo(1 / 3, 1);
  expect(last).toBeCloseTo(1 / 2, 1);
});
