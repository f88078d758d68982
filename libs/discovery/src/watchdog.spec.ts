import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, onTestFinished, test } from 'vitest';
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
