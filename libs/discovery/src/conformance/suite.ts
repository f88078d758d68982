import { setTimeout as delay } from 'node:timers/promises';
import { randomUUID } from 'node:crypto';
import { createContext } from '@ko/endpoint';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { instanceAt, type Instance } from '../instance.ts';
import { Instancer } from '../instancer.ts';
import { openRegistry, openSource } from '../open.ts';
import { Registrar } from '../registrar.ts';
import { Network } from '../testing/network.ts';
import type { RegistryServer } from '../testing/servers.ts';

/** A driver with a real server behind it. */
export interface Backend {
  server(): Promise<RegistryServer>;
  /** The URL that finds a service, with pauses that suit a test. */
  serviceUrl(address: string, service: string): string;
  /** The URL to register with. */
  registryUrl(address: string): string;
  /** Takes an instance out, as somebody else would. */
  remove(address: string, service: string, id: string): Promise<void>;
}

const { log } = createContext();
const ttl = 3_000;
const patience = { timeout: 20_000, interval: 50 };

/** What every driver that registers has to do, against its real server. */
export function describeDriver(name: string, backend: Backend): void {
  describe(`the driver ${name}`, () => {
    let server: RegistryServer;
    beforeAll(async () => {
      server = await backend.server();
      await server.start();
    });
    afterAll(async () => server.kill());

    /** Registers an instance until the test ends. */
    async function register(service: string, instance: Instance, address = server.address): Promise<Registrar> {
      const registry = openRegistry(backend.registryUrl(address));
      const registrar = new Registrar(registry, () => ({ service, instance, ttl }), {
        log,
        ready: async () => {},
        interval: 300,
        maxDelay: 300,
      });
      await registrar.start();
      onTestFinished(async () => registrar.stop().catch(() => {}));
      return registrar;
    }

    async function registered(service: string, instance: Instance): Promise<Registrar> {
      const registrar = await register(service, instance);
      await expect.poll(() => registrar.state.puts, patience).toBe(1);
      return registrar;
    }

    /** Watches a service until the test ends. */
    function watch(service: string, address = server.address): Instancer {
      const source = openSource(backend.serviceUrl(address, service));
      const instancer = new Instancer(source, { log, emptyAfter: 60_000, maxDelay: 300 });
      instancer.start();
      onTestFinished(() => instancer.stop());
      return instancer;
    }

    async function idsOf(instancer: Instancer, ...ids: readonly string[]): Promise<void> {
      const known = () => instancer.snapshot.instances.map(({ id }) => id).toSorted();
      await expect.poll(known, patience).toEqual(ids);
    }

    test('finds an instance with all that it says of itself', async () => {
      const service = newService();
      const instance = instanceAt('127.0.0.1:50051', {
        id: 'one',
        zone: 'north',
        version: '1.5',
        weight: 0.5,
        metadata: { admin: '127.0.0.1:9051' },
      });
      await registered(service, instance);

      const instancer = watch(service);
      await idsOf(instancer, 'one');

      expect(instancer.snapshot.instances).toEqual([instance]);
      expect(instancer.snapshot.fault).toBeUndefined();
    });

    test('says that there is no instance of a service that nobody knows', async () => {
      const instancer = watch(newService());

      await expect.poll(() => instancer.snapshot, patience).toMatchObject({ instances: [], fault: undefined });
    });

    test('tells of those who come and go', async () => {
      const service = newService();
      const instancer = watch(service);
      await registered(service, instanceAt('127.0.0.1:1', { id: 'one' }));
      const two = await registered(service, instanceAt('127.0.0.1:2', { id: 'two' }));
      await idsOf(instancer, 'one', 'two');

      await two.stop();

      await idsOf(instancer, 'one');
    });

    test('drops a process that has died without a word', async () => {
      const service = newService();
      const instancer = watch(service);
      const dead = openRegistry(backend.registryUrl(server.address)).entry({
        service,
        instance: instanceAt('127.0.0.1:1', { id: 'dead' }),
        ttl,
      });
      await dead.reconcile(AbortSignal.timeout(5_000));
      await registered(service, instanceAt('127.0.0.1:2', { id: 'living' }));
      await idsOf(instancer, 'dead', 'living');

      await idsOf(instancer, 'living');
    });

    test('a registration that somebody else removes is put back', async () => {
      const service = newService();
      const registrar = await registered(service, instanceAt('127.0.0.1:1', { id: 'one' }));
      await registered(service, instanceAt('127.0.0.1:2', { id: 'two' }));
      const instancer = watch(service);
      await idsOf(instancer, 'one', 'two');

      await backend.remove(server.address, service, 'one');

      await expect.poll(() => registrar.state.puts, patience).toBe(2);
      await idsOf(instancer, 'one', 'two');
    });

    test('a registration that somebody else changes is put right', async () => {
      const service = newService();
      const registrar = await registered(service, instanceAt('127.0.0.1:1', { id: 'one', version: '2' }));
      const other = openRegistry(backend.registryUrl(server.address)).entry({
        service,
        instance: instanceAt('127.0.0.1:666', { id: 'one', version: '1' }),
        ttl,
      });

      await other.reconcile(AbortSignal.timeout(5_000));
      await expect.poll(() => registrar.state.puts, patience).toBe(2);
      const instancer = watch(service);
      await idsOf(instancer, 'one');

      expect(instancer.snapshot.instances[0]).toMatchObject({ address: '127.0.0.1:1', version: '2' });
    });

    test('who stops is gone, and stays so', async () => {
      const service = newService();
      const registrar = await registered(service, instanceAt('127.0.0.1:1', { id: 'one' }));
      await registered(service, instanceAt('127.0.0.1:2', { id: 'two' }));
      const instancer = watch(service);

      await registrar.stop();
      await registrar.stop();
      await delay(1_000);

      await idsOf(instancer, 'two');
    });

    test('when it is killed and comes back empty the list stays, and everybody is put back within seconds', async () => {
      const service = newService();
      const registrar = await registered(service, instanceAt('127.0.0.1:1', { id: 'one' }));
      const instancer = watch(service);
      await idsOf(instancer, 'one');
      const before = instancer.snapshot.confirmed ?? 0;

      await server.kill();
      await expect.poll(() => instancer.snapshot.fault, patience).toBeDefined();
      const meanwhile = instancer.snapshot;
      await server.start();
      const since = Date.now();
      await expect.poll(() => registrar.state.puts, patience).toBe(2);
      const took = Date.now() - since;

      expect(meanwhile).toMatchObject({ instances: [{ id: 'one' }], confirmed: before });
      await expect
        .poll(() => instancer.snapshot, patience)
        .toMatchObject({ instances: [{ id: 'one' }], fault: undefined });
      expect(instancer.snapshot.confirmed).toBeGreaterThan(before);
      expect(took).toBeLessThan(10_000);
    }, 60_000);

    test('a process that starts without it registers when it comes', async () => {
      const service = newService();
      await server.kill();
      const registrar = await register(service, instanceAt('127.0.0.1:1', { id: 'one' }));
      const instancer = watch(service);
      await expect.poll(() => registrar.state.fault, patience).toMatch(/ECONNREFUSED|connect/i);
      await expect(registrar.ready()).rejects.toMatchObject({ code: 'unavailable' });

      await server.start();

      await idsOf(instancer, 'one');
      await expect(registrar.ready()).resolves.toBeUndefined();
    }, 60_000);

    test.each(['refused', 'silent'] as const)(
      'when the network is cut (%s) the list stays, and is right again afterwards',
      async (how) => {
        const service = newService();
        await registered(service, instanceAt('127.0.0.1:1', { id: 'one' }));
        const network = new Network(server.address);
        await network.open();
        onTestFinished(async () => network.refuse());
        const instancer = watch(service, network.address);
        await idsOf(instancer, 'one');

        await (how === 'refused' ? network.refuse() : Promise.resolve(network.silence()));
        await expect.poll(() => instancer.snapshot.fault, patience).toBeDefined();
        const meanwhile = instancer.snapshot.instances;
        await registered(service, instanceAt('127.0.0.1:2', { id: 'two' }));
        await network.open();

        expect(meanwhile).toHaveLength(1);
        await idsOf(instancer, 'one', 'two');
        expect(instancer.snapshot.fault).toBeUndefined();
      },
      60_000,
    );

    test('when the network of a process is cut it says so, and is put back', async () => {
      const service = newService();
      const network = new Network(server.address);
      await network.open();
      onTestFinished(async () => network.refuse());
      const registrar = await register(service, instanceAt('127.0.0.1:1', { id: 'one' }), network.address);
      await registered(service, instanceAt('127.0.0.1:2', { id: 'two' }));
      const instancer = watch(service);
      await idsOf(instancer, 'one', 'two');

      await network.refuse();
      await idsOf(instancer, 'two');
      const warning = registrar.warning();
      await network.open();

      await idsOf(instancer, 'one', 'two');
      expect(warning).toMatch(/last confirmed \d+ s ago/);
      await expect.poll(() => registrar.warning(), patience).toBeUndefined();
    }, 60_000);
  });
}

function newService(): string {
  return `service-${randomUUID().slice(0, 8)}`;
}
