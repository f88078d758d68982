import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { Watchdog } from './watchdog.ts';

function watched() {
  const instance = { owed: 0, isAlive: false, silences: [] as number[] };
  const watchdog = new Watchdog({
    silence: 30,
    owed: () => instance.owed,
    isTrusted: () => true,
    probe: async () => (instance.isAlive ? Promise.resolve() : Promise.reject(new Error('no answer'))),
    hung: (silent) => {
      instance.silences.push(silent);
      instance.owed = 0;
    },
  });
  onTestFinished(() => watchdog.stop());
  const call = (): void => {
    instance.owed++;
    watchdog.called();
  };
  return { instance, call };
}

describe('an instance that owes an answer', () => {
  test('hangs when it does not say that it is alive either', async () => {
    const { instance, call } = watched();

    call();
    await expect.poll(() => instance.silences.length).toBe(1);
  });

  test('does not when it says so', async () => {
    const { instance, call } = watched();
    instance.isAlive = true;

    call();
    await delay(200);

    expect(instance.silences).toEqual([]);
  });

  test('is asked no more once nobody watches it, also when a probe is under way', async () => {
    const answer = Promise.withResolvers<undefined>();
    const probe = vi.fn(async () => answer.promise);
    const hung = vi.fn();
    const watchdog = new Watchdog({ silence: 1, owed: () => 1, isTrusted: () => true, probe, hung });
    watchdog.called();
    await expect.poll(() => probe.mock.calls.length).toBe(1);

    watchdog.stop();
    answer.reject(new Error('gone'));
    await delay(50);

    expect(probe).toHaveBeenCalledTimes(1);
    expect(hung).not.toHaveBeenCalled();
  });

  test('has been silent only since somebody waits again', async () => {
    const { instance, call } = watched();
    call();
    await expect.poll(() => instance.silences.length).toBe(1);
    await delay(1_000);

    call();
    await expect.poll(() => instance.silences.length).toBe(2);

    expect(instance.silences[1]).toBeLessThan(1_000);
  });
});
