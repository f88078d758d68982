import { createContext, StatusError } from '@ko/endpoint';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { Registry } from './driver.ts';
import { instanceAt } from './instance.ts';
import { Registrar, type RegistrarOptions } from './registrar.ts';

const { log } = createContext();

/** A registry that does, or does not, what it is asked. */
class FakeRegistry implements Registry {
  entries = new Set<string>();
  reports = 0;
  isDown = false;
  hangs = false;

  entry() {
    return {
      reconcile: async (signal: AbortSignal) => {
        await this.#answer(signal);
        this.reports++;
        const isMissing = !this.entries.has('one');
        this.entries.add('one');
        return isMissing;
      },
      remove: async (signal: AbortSignal) => {
        await this.#answer(signal);
        this.entries.delete('one');
      },
    };
  }

  async #answer(signal: AbortSignal): Promise<void> {
    if (this.isDown) throw new Error('refused');
    if (this.hangs) {
      await new Promise((_, reject) => signal.addEventListener('abort', () => reject(new Error('no answer in time'))));
    }
  }
}

async function registrarOf(registry: Registry, options: Partial<RegistrarOptions> = {}): Promise<Registrar> {
  const registration = { service: 'user', instance: instanceAt('a:1', { id: 'one' }), ttl: 1_000 };
  const pauses = { interval: 5, initialDelay: 1, maxDelay: 2 };
  const registrar = new Registrar(registry, () => registration, { log, ready: async () => {}, ...pauses, ...options });
  await registrar.start();
  onTestFinished(async () => registrar.stop());
  return registrar;
}

describe('a registrar', () => {
  test('registers the process, and goes on to report', async () => {
    const registry = new FakeRegistry();
    const registrar = await registrarOf(registry);

    await expect.poll(() => registry.reports).toBeGreaterThan(3);

    expect(registrar.state).toMatchObject({ puts: 1, fault: undefined, registration: { service: 'user' } });
    await expect(registrar.ready()).resolves.toBeUndefined();
    expect(registrar.warning()).toBeUndefined();
  });

  test('waits until the process can serve', async () => {
    const registry = new FakeRegistry();
    let isMissing = true;
    const ready = async () =>
      isMissing ? Promise.reject(new StatusError('unavailable', 'Postgres is away')) : Promise.resolve();
    const registrar = await registrarOf(registry, { ready });

    await expect.poll(() => registrar.state.fault).toMatch(/waits until the process can serve: Postgres is away/);
    const before = registry.reports;
    await expect(registrar.ready()).rejects.toMatchObject({ code: 'unavailable' });
    isMissing = false;

    await expect.poll(() => registry.entries.has('one')).toBe(true);
    expect(before).toBe(0);
  });

  test('puts back what somebody has taken away', async () => {
    const registry = new FakeRegistry();
    const registrar = await registrarOf(registry);
    await expect.poll(() => registrar.state.puts).toBe(1);

    registry.entries.clear();

    await expect.poll(() => registrar.state.puts).toBe(2);
    expect(registry.entries.has('one')).toBe(true);
  });

  test('says what is wrong while the registry is away, stays ready, and goes on when it is back', async () => {
    const registry = new FakeRegistry();
    const registrar = await registrarOf(registry);
    await expect.poll(() => registrar.state.puts).toBe(1);

    registry.isDown = true;
    await expect.poll(() => registrar.warning()).toMatch(/refused \(last confirmed \d+ s ago\)/);
    await expect(registrar.ready()).resolves.toBeUndefined();
    registry.isDown = false;

    await expect.poll(() => registrar.warning()).toBeUndefined();
  });

  test('takes the process out when it stops, and reports no more', async () => {
    const registry = new FakeRegistry();
    const registrar = await registrarOf(registry);
    await expect.poll(() => registrar.state.puts).toBe(1);

    await registrar.stop();
    const { reports } = registry;

    expect(registry.entries.size).toBe(0);
    await expect.poll(() => registry.reports).toBe(reports);
  });

  test('does not wait for ever for a registry that does not answer', async () => {
    const registry = new FakeRegistry();
    const registrar = await registrarOf(registry);
    await expect.poll(() => registrar.state.puts).toBe(1);

    registry.hangs = true;
    await registrar.stop();

    expect(registry.entries.has('one')).toBe(true);
    expect(registrar.state.fault).toBe('deregistered');
  });
});
