import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { instanceAt } from '../instance.ts';
import { openRegistry } from '../open.ts';
import type { RegistryServer } from '../testing/servers.ts';
import { Fixture, idsOf, patience, ttl, type Backend } from './fixture.ts';
import { outages } from './outages.ts';

/** What every driver that registers has to do, against its real server. */
export function describeDriver(name: string, backend: Backend): void {
  describe(`the driver ${name}`, () => {
    let server: RegistryServer;
    beforeAll(async () => {
      server = await backend.server();
      await server.start();
    });
    afterAll(async () => server.kill());

    test('finds an instance with all that it says of itself', async () => {
      const fixture = new Fixture(backend, server);
      const instance = instanceAt('127.0.0.1:50051', {
        id: 'one',
        zone: 'north',
        version: '1.5',
        weight: 0.5,
        metadata: { admin: '127.0.0.1:9051' },
      });
      await fixture.registered('one', instance);

      const instancer = fixture.watch();
      await idsOf(instancer, 'one');

      expect(instancer.snapshot.instances).toEqual([instance]);
      expect(instancer.snapshot.fault).toBeUndefined();
    });

    test('says that there is no instance of a service that nobody knows', async () => {
      const instancer = new Fixture(backend, server).watch();

      await expect.poll(() => instancer.snapshot, patience).toMatchObject({ instances: [], fault: undefined });
    });

    test('tells of those who come and go', async () => {
      const fixture = new Fixture(backend, server);
      const instancer = fixture.watch();
      await fixture.registered('one');
      const two = await fixture.registered('two');
      await idsOf(instancer, 'one', 'two');

      await two.stop();

      await idsOf(instancer, 'one');
    });

    test('drops a process that has died without a word', async () => {
      const fixture = new Fixture(backend, server);
      const instancer = fixture.watch();
      const dead = openRegistry(fixture.registryUrl).entry({
        service: fixture.service,
        instance: instanceAt('127.0.0.1:1', { id: 'dead' }),
        ttl,
      });
      await dead.reconcile(AbortSignal.timeout(5_000));
      await fixture.registered('living');
      await idsOf(instancer, 'dead', 'living');

      await idsOf(instancer, 'living');
    });

    test('a registration that somebody else removes is put back', async () => {
      const fixture = new Fixture(backend, server);
      const registrar = await fixture.registered('one');
      await fixture.registered('two');
      const instancer = fixture.watch();
      await idsOf(instancer, 'one', 'two');

      await fixture.remove('one');

      await expect.poll(() => registrar.state.puts, patience).toBe(2);
      await idsOf(instancer, 'one', 'two');
    });

    test('a registration that somebody else changes is put right', async () => {
      const fixture = new Fixture(backend, server);
      const registrar = await fixture.registered('one', { version: '2' });
      const other = openRegistry(fixture.registryUrl).entry({
        service: fixture.service,
        instance: instanceAt('127.0.0.1:666', { id: 'one', version: '1' }),
        ttl,
      });

      await other.reconcile(AbortSignal.timeout(5_000));
      await expect.poll(() => registrar.state.puts, patience).toBe(2);
      const instancer = fixture.watch();
      await idsOf(instancer, 'one');

      expect(instancer.snapshot.instances[0]).toMatchObject({ address: '127.0.0.1:50051', version: '2' });
    });

    test('who stops is gone, and stays so', async () => {
      const fixture = new Fixture(backend, server);
      const registrar = await fixture.registered('one');
      await fixture.registered('two');
      const instancer = fixture.watch();

      await registrar.stop();
      await registrar.stop();
      await delay(1_000);

      await idsOf(instancer, 'two');
    });

    outages(() => new Fixture(backend, server));
  });
}
