import { setTimeout as delay } from 'node:timers/promises';
import { createContext } from '@ko/endpoint';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { Source } from './driver.ts';
import { instanceAt, type Instance } from './instance.ts';
import { Instancer, type InstancerOptions } from './instancer.ts';

const { log } = createContext();
const one = instanceAt('a:1');
const two = instanceAt('b:1');

/** A source that says what a test wants it to say, and fails when that wants it to. */
class FakeSource implements Source {
  asked = 0;
  found: (instances: readonly Instance[]) => void = () => {};
  fail: (error: Error) => void = () => {};
  isDown = false;

  async watch(found: (instances: readonly Instance[]) => void, signal: AbortSignal): Promise<void> {
    this.asked++;
    if (this.isDown) throw new Error('refused');
    this.found = found;
    return new Promise((resolve, reject) => {
      this.fail = reject;
      signal.addEventListener('abort', () => resolve());
    });
  }
}

function instancerOf(source: Source, options: Partial<InstancerOptions> = {}): Instancer {
  const instancer = new Instancer(source, { log, initialDelay: 1, maxDelay: 2, ...options });
  instancer.start();
  onTestFinished(() => instancer.stop());
  return instancer;
}

describe('an instancer', () => {
  test('tells every change to those who subscribe, until they leave', () => {
    const source = new FakeSource();
    const instancer = instancerOf(source);
    const told: number[] = [];
    const leave = instancer.subscribe(({ instances }) => told.push(instances.length));

    source.found([one]);
    source.found([one, two]);
    leave();
    source.found([one]);

    expect(told).toEqual([1, 2]);
    expect(instancer.snapshot.instances).toEqual([one]);
  });

  test('keeps the last list while the source fails, says why and since when, and recovers', async () => {
    const source = new FakeSource();
    const instancer = instancerOf(source);
    source.found([one]);
    const { confirmed } = instancer.snapshot;

    source.isDown = true;
    source.fail(new Error('broken'));
    await expect.poll(() => instancer.snapshot.fault).toBe('refused');
    const meanwhile = instancer.snapshot;
    source.isDown = false;
    const asked = source.asked;
    await expect.poll(() => source.asked).toBeGreaterThan(asked);
    source.found([two]);

    expect(meanwhile).toEqual({ instances: [one], confirmed, fault: 'refused' });
    expect(instancer.snapshot).toMatchObject({ instances: [two], fault: undefined });
  });

  test('does not ask a source that fails all the time', async () => {
    const source = new FakeSource();
    source.isDown = true;
    instancerOf(source, { initialDelay: 50, maxDelay: 1_000 });

    await delay(500);

    expect(source.asked).toBeLessThan(30);
  });

  test('takes a watch that ends for a failure', async () => {
    const instancer = instancerOf({ watch: async () => Promise.resolve() });

    await expect.poll(() => instancer.snapshot.fault).toBe('the watch ended');
  });

  test('does not believe an empty list at once, unless it is the first', async () => {
    const source = new FakeSource();
    const instancer = instancerOf(source, { emptyAfter: 100 });

    source.found([]);
    const first = instancer.snapshot;
    source.found([one]);
    source.found([]);
    source.found([]);
    const doubted = instancer.snapshot;

    expect(first).toMatchObject({ instances: [], fault: undefined });
    expect(doubted).toMatchObject({ instances: [one], fault: expect.stringContaining('not believed') as string });
    await expect.poll(() => instancer.snapshot).toMatchObject({ instances: [], fault: undefined });
  });

  test('forgets its doubt when somebody is there again', async () => {
    const source = new FakeSource();
    const instancer = instancerOf(source, { emptyAfter: 20 });

    source.found([one]);
    source.found([]);
    source.found([two]);
    await delay(50);

    expect(instancer.snapshot).toMatchObject({ instances: [two], fault: undefined });
  });

  test('says nothing more once it has stopped', () => {
    const source = new FakeSource();
    const instancer = instancerOf(source);
    source.found([one]);

    instancer.stop();
    source.found([two]);

    expect(instancer.snapshot.instances).toEqual([one]);
  });
});
