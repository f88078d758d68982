import { afterEach, describe, expect, test } from 'vitest';
import { SupervisedProcess, type RestartPolicy } from './supervised-process.ts';

const forever = 'setInterval(() => {}, 1000);';

interface Crash {
  readonly how: string;
  readonly lastLines: readonly string[];
  readonly restartIn: number | undefined;
}

describe('a supervised process', () => {
  const processes: SupervisedProcess[] = [];

  afterEach(async () => {
    for (const process of processes) process.kill();
    await Promise.all(processes.splice(0).map((process) => process.stop()));
  });

  test('passes on what the program prints, on both its outputs', async () => {
    const { process, lines } = supervise(`console.log('out'); console.error('err'); ${forever}`);

    process.start();

    expect([await lines.next(), await lines.next()].toSorted()).toEqual(['err', 'out']);
  });

  test('gets the environment given and no other', async () => {
    const { process, lines } = supervise(`console.log(Object.keys(process.env).join()); ${forever}`, {}, { A: '1' });

    process.start();

    expect(await lines.next()).toBe('A');
  });

  test('starts again after a crash, more slowly each time, until it has crashed too often', async () => {
    const { process, crashes } = supervise(`console.log('alas'); process.exit(3)`, { backoff: 10, limit: 3 });

    process.start();

    const crash = { how: 'exit code 3', lastLines: ['alas'] };
    expect(await crashes.next()).toEqual({ ...crash, restartIn: 10 });
    expect(process.givenUp).toBe(false);
    expect(await crashes.next()).toEqual({ ...crash, restartIn: 20 });
    expect(await crashes.next()).toEqual({ ...crash, restartIn: undefined });
    expect(process.givenUp).toBe(true);
  });

  test('tells a signal that ended it', async () => {
    const { process, crashes, started } = supervise(forever);

    process.start();
    globalThis.process.kill(await started.next(), 'SIGKILL');

    expect((await crashes.next()).how).toBe('SIGKILL');
  });

  test('does not start again with a configuration that is not fit to start with', async () => {
    const { process, crashes } = supervise('process.exit(78)');

    process.start();

    expect((await crashes.next()).restartIn).toBeUndefined();
  });

  test('stops when asked, which is no crash', async () => {
    const { process, lines, seen } = supervise(
      `process.on('SIGTERM', () => { console.log('bye'); process.exit(1); }); console.log('hi'); ${forever}`,
    );
    process.start();
    await lines.next();

    await process.stop();

    expect(seen).toEqual({ started: 1, crashed: 0, killed: 0 });
    expect(await lines.next()).toBe('bye');
  });

  test('is not started again once stopped while it waits for its restart', async () => {
    const { process, crashes, seen } = supervise('process.exit(1)', { backoff: 50 });
    process.start();
    await crashes.next();

    await process.stop();
    await new Promise((resolve) => setTimeout(resolve, 100));

    expect(seen.started).toBe(1);
  });

  test('is killed when it does not stop in time', async () => {
    const { process, lines, seen } = supervise(`process.on('SIGTERM', () => {}); console.log('hi'); ${forever}`, {
      grace: 50,
    });
    process.start();
    await lines.next();

    await process.stop();

    expect(seen.killed).toBe(1);
  });

  test('is not started again once halted, until it is started', async () => {
    const { process, started, seen } = supervise(forever);
    process.start();
    const first = await started.next();

    await process.halt();
    const halted = process.pid;
    process.start();

    expect(halted).toBeUndefined();
    expect(await started.next()).not.toBe(first);
    expect(seen.crashed).toBe(0);
  });

  test('starts again at once when it is started while it ends', async () => {
    const { process, started, seen } = supervise(forever);
    process.start();
    await started.next();

    const halting = process.halt();
    process.start();
    await halting;

    await started.next();
    expect(seen).toEqual({ started: 2, crashed: 0, killed: 0 });
  });

  test('gets one signal, however often its end is asked for', async () => {
    const { process, lines } = supervise(
      `process.on('SIGTERM', () => { console.log('signal'); setTimeout(() => process.exit(), 200); });
       console.log('hi'); ${forever}`,
    );
    process.start();
    await lines.next();

    await Promise.all([process.restart(), process.halt(), process.stop()]);

    expect(await lines.next()).toBe('signal');
    expect(lines.count()).toBe(0);
  });

  test('starts afresh on a restart, also after it was given up', async () => {
    const { process, crashes, started } = supervise('process.exit(1)', { limit: 1 });
    process.start();
    await started.next();
    await crashes.next();

    await process.restart();

    expect(await started.next()).toBeGreaterThan(0);
    expect((await crashes.next()).restartIn).toBeUndefined();
  });

  test('starts once for restarts asked for at once', async () => {
    const { process, started, seen } = supervise(`process.on('SIGTERM', () => process.exit()); ${forever}`);
    process.start();
    const first = await started.next();

    await Promise.all([process.restart(), process.restart()]);

    expect(await started.next()).not.toBe(first);
    await process.stop();
    expect(seen).toEqual({ started: 2, crashed: 0, killed: 0 });
  });

  test('does not start again when it is stopped during a restart', async () => {
    const { process, started, seen } = supervise(forever);
    process.start();
    await started.next();

    await Promise.all([process.restart(), process.stop()]);

    expect(process.pid).toBeUndefined();
    expect(seen.started).toBe(1);
  });

  function supervise(source: string, policy: RestartPolicy = {}, env: Record<string, string> = {}) {
    const lines = queue<string>();
    const crashes = queue<Crash>();
    const started = queue<number>();
    const seen = { started: 0, crashed: 0, killed: 0 };
    const listener = {
      line: lines.push,
      started: (pid: number) => {
        seen.started += 1;
        started.push(pid);
      },
      crashed: (how: string, lastLines: readonly string[], restartIn: number | undefined) => {
        seen.crashed += 1;
        crashes.push({ how, lastLines: [...lastLines], restartIn });
      },
      killed: () => (seen.killed += 1),
    };
    const process = new SupervisedProcess({ name: 'test', args: ['--eval', source], env }, listener, policy);
    processes.push(process);
    return { process, lines, crashes, started, seen };
  }
});

/** What comes, for whoever waits for it. */
function queue<T>() {
  const items: T[] = [];
  const waiting: ((item: T) => void)[] = [];
  return {
    push(item: T): void {
      const next = waiting.shift();
      if (next === undefined) items.push(item);
      else next(item);
    },
    count: () => items.length,
    async next(): Promise<T> {
      const item = items.shift();
      return item ?? new Promise((resolve) => waiting.push(resolve));
    },
  };
}
