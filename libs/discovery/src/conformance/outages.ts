import { describe, expect, onTestFinished, test } from 'vitest';
import { instanceAt } from '../instance.ts';
import { Network } from '../testing/network.ts';
import { idsOf, patience, type Fixture } from './fixture.ts';

/** What a driver has to do while its server, or the network to it, is away. */
export function outages(newFixture: () => Fixture): void {
  describe('in an outage', () => {
    test('when it is killed and comes back empty the list stays, and everybody is put back within seconds', async () => {
      const fixture = newFixture();
      const registrar = await fixture.registered('one');
      const instancer = fixture.watch();
      await idsOf(instancer, 'one');
      const before = instancer.snapshot.confirmed ?? 0;

      await fixture.server.kill();
      await expect.poll(() => instancer.snapshot.fault, patience).toBeDefined();
      const meanwhile = instancer.snapshot;
      await fixture.server.start();
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
      const fixture = newFixture();
      await fixture.server.kill();
      const registrar = await fixture.register(instanceAt('127.0.0.1:1', { id: 'one' }));
      const instancer = fixture.watch();
      await expect.poll(() => registrar.state.fault, patience).toMatch(/ECONNREFUSED|connect/i);
      await expect(registrar.ready()).rejects.toMatchObject({ code: 'unavailable' });

      await fixture.server.start();

      await idsOf(instancer, 'one');
      await expect(registrar.ready()).resolves.toBeUndefined();
    }, 60_000);

    test.each(['refused', 'silent'] as const)(
      'when the network is cut (%s) the list stays, and is right again afterwards',
      async (how) => {
        const fixture = newFixture();
        await fixture.registered('one');
        const network = new Network(fixture.server.address);
        await network.open();
        onTestFinished(async () => network.refuse());
        const instancer = fixture.watch(network.address);
        await idsOf(instancer, 'one');

        await cut(network, how);
        await expect.poll(() => instancer.snapshot.fault, patience).toBeDefined();
        const meanwhile = instancer.snapshot.instances;
        await fixture.registered('two');
        await network.open();

        expect(meanwhile).toHaveLength(1);
        await idsOf(instancer, 'one', 'two');
        expect(instancer.snapshot.fault).toBeUndefined();
      },
      60_000,
    );

    test.each(['refused', 'silent'] as const)(
      'when the network of a process is cut (%s) it says so, and is put back',
      async (how) => {
        const { network, registrar, instancer } = await behindNetwork(newFixture());

        await cut(network, how);
        await idsOf(instancer, 'two');
        await expect.poll(() => registrar.warning(), patience).toMatch(/last confirmed \d+ s ago/);
        await network.open();

        await idsOf(instancer, 'one', 'two');
        await expect.poll(() => registrar.warning(), patience).toBeUndefined();
      },
      60_000,
    );

    test('a process that stops while nothing it says arrives does not wait for ever, and is dropped', async () => {
      const { network, registrar, instancer } = await behindNetwork(newFixture());

      await cut(network, 'silent');
      const since = Date.now();
      await registrar.stop();
      const took = Date.now() - since;

      expect(took).toBeLessThan(10_000);
      await idsOf(instancer, 'two');
    }, 60_000);
  });
}

/** A process that registers over a network that can be cut, one that does not, and a watcher who knows both. */
async function behindNetwork(fixture: Fixture) {
  const network = new Network(fixture.server.address);
  await network.open();
  onTestFinished(async () => network.refuse());
  const registrar = await fixture.register(instanceAt('127.0.0.1:1', { id: 'one' }), network.address);
  await fixture.registered('two');
  const instancer = fixture.watch();
  await idsOf(instancer, 'one', 'two');
  return { network, registrar, instancer };
}

async function cut(network: Network, how: 'refused' | 'silent'): Promise<void> {
  if (how === 'refused') await network.refuse();
  else network.silence();
}
