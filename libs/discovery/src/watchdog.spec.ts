import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { Watchdog } from './watchdog.ts';

function watched() {
  const instance = { isAlive: false, probes: 0, silences: [] as number[] };
  const watchdog = new Watchdog({
    silence: 30,
    isTrusted: () => true,
    probe: async () => {
      instance.probes++;
      if (!instance.isAlive) return Promise.reject(new Error('no answer'));
    },
    hung: (silent) => {
      instance.silences.push(silent);
      watchdog.settled(false);
    },
  });
  onTestFinished(() => watchdog.stop());
  return { instance, watchdog };
}

describe('an instance that owes an answer', () => {
  test('hangs when it does not say that it is alive either', async () => {
    const { instance, watchdog } = watched();

    watchdog.called();
    await expect.poll(() => instance.silences.length).toBe(1);
  });

  test('does not when it says so', async () => {
    const { instance, watchdog } = watched();
    instance.isAlive = true;

    watchdog.called();
    await delay(200);

    expect(instance.silences).toEqual([]);
  });

  test('is not asked once it has given it', async () => {
    const { instance, watchdog } = watched();

    watchdog.called();
    watchdog.settled(true);
    await delay(200);

    expect(instance.probes).toBe(0);
  });

  test('is asked no more once nobody watches it, also when a probe is under way', async () => {
    const answer = Promise.withResolvers<undefined>();
    const probe = vi.fn(async () => answer.promise);
    const hung = vi.fn();
    const watchdog = new Watchdog({ silence: 1, isTrusted: () => true, probe, hung });
    watchdog.called();
    await expect.poll(() => probe.mock.calls.length).toBe(1);

    watchdog.stop();
    answer.reject(new Error('gone'));
    await delay(50);

    expect(probe).toHaveBeenCalledTimes(1);
    expect(hung).not.toHaveBeenCalled();
  });

  test('has been silent only since somebody waits again', async () => {
    const { instance, watchdog } = watched();
    watchdog.called();
    await expect.poll(() => instance.silences.length).toBe(1);
    await delay(1_000);

    watchdog.called();
    await expect.poll(() => instance.silences.length).toBe(2);

    expect(instance.silences[1]).toBeLessThan(1_000);
  });
});
