import { createContext } from '@ko/endpoint';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import type { Entry } from './driver.ts';
import { instanceAt, type Instance } from './instance.ts';
import { Instancer } from './instancer.ts';
import { openRegistry, openSource } from './open.ts';
import { consulServer, findProgram, type RegistryServer } from './testing/servers.ts';

const program = findProgram('consul');
const patience = { timeout: 10_000, interval: 50 };

if (program === undefined) {
  test('registrations in Consul', ({ skip }) => skip('needs Consul: in PATH, or named by CONSUL_BIN'));
} else {
  let server: RegistryServer;
  beforeAll(async () => {
    server = await consulServer(program);
    await server.start();
  });
  afterAll(async () => server.kill());

  test('an instance that an operator takes out for maintenance stays out, and is not put again', async () => {
    const entry = await entryOf(instanceAt('127.0.0.1:1', { id: 'one' }), 'maintained');
    const instancer = watch('maintained');
    await expect.poll(() => instancer.snapshot.instances.length, patience).toBe(1);

    await put('/v1/agent/service/maintenance/one?enable=true');
    const hasPut = await entry.reconcile(AbortSignal.timeout(5_000));

    expect(hasPut).toBe(false);
    await expect.poll(() => instancer.snapshot.instances, patience).toEqual([]);
  });

  test('a check that somebody else has put in place of the own one is replaced', async () => {
    const entry = await entryOf(instanceAt('127.0.0.1:1', { id: 'two' }), 'checked');
    const meta = { zone: '', version: '', weight: '1' };
    const tcp = { CheckID: 'service:two', TCP: '127.0.0.1:1', Interval: '10s' };
    const body = { ID: 'two', Name: 'checked', Address: '127.0.0.1', Port: 1, Meta: meta, Check: tcp };
    await put('/v1/agent/service/register', body);

    const hasPut = await entry.reconcile(AbortSignal.timeout(5_000));

    expect(hasPut).toBe(true);
    expect(await get('/v1/agent/checks')).toMatchObject({ 'service:two': { Type: 'ttl', Status: 'passing' } });
  });

  test('a registration that is not there can be removed', async () => {
    const entry = await entryOf(instanceAt('127.0.0.1:1', { id: 'three' }), 'removed');

    await entry.remove(AbortSignal.timeout(5_000));

    await expect(entry.remove(AbortSignal.timeout(5_000))).resolves.toBeUndefined();
  });

  async function entryOf(instance: Instance, service: string): Promise<Entry> {
    const entry = openRegistry(`consul://${server.address}`).entry({ service, instance, ttl: 60_000 });
    await entry.reconcile(AbortSignal.timeout(5_000));
    return entry;
  }

  function watch(service: string): Instancer {
    const source = openSource(`consul://${server.address}/${service}`);
    const instancer = new Instancer(source, { log: createContext().log, emptyAfter: 0 });
    instancer.start();
    onTestFinished(() => instancer.stop());
    return instancer;
  }

  async function put(path: string, body: object = {}): Promise<void> {
    const answer = await fetch(`http://${server.address}${path}`, { method: 'PUT', body: JSON.stringify(body) });
    expect(answer.status).toBe(200);
  }

  async function get(path: string): Promise<unknown> {
    return (await fetch(`http://${server.address}${path}`)).json();
  }
}
