import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { instanceAt } from './instance.ts';
import { openRegistry } from './open.ts';
import { consulServer, findProgram } from './testing/servers.ts';
import type { WatchReport } from './testing/watch-process.ts';

const program = findProgram('consul');
const count = 200;
const duration = 5_000;

/** Milliseconds between two answers that the driver takes, at least. */
const floor = 200;

test('200 instances that come and go do not make a watcher of Consul spin', async ({ skip }) => {
  if (program === undefined) return skip('needs Consul: in PATH, or named by CONSUL_BIN');
  const server = await consulServer(program);
  onTestFinished(async () => server.kill());
  await server.start();
  const registry = openRegistry(`consul://${server.address}`);
  const entries = Array.from({ length: count }, (_, index) =>
    registry.entry({
      service: 'flapping',
      instance: instanceAt(`127.0.0.1:${index + 1}`, { id: `instance-${index}` }),
      ttl: 60_000,
    }),
  );
  const watcher = fork(path.join(import.meta.dirname, 'testing/watch-process.ts'), [
    `consul://${server.address}/flapping`,
  ]);
  onTestFinished(() => void watcher.kill());
  for (const entry of entries) await entry.reconcile(AbortSignal.timeout(5_000));
  await expect.poll(async () => (await report(watcher)).ids.length, { timeout: 10_000 }).toBe(count);

  const before = await report(watcher);
  const since = performance.now();
  let flaps = 0;
  for (; performance.now() - since < duration; flaps++) {
    const entry = entries[flaps % count];
    await entry?.remove(AbortSignal.timeout(5_000));
    await entry?.reconcile(AbortSignal.timeout(5_000));
  }
  const elapsed = performance.now() - since;
  const after = await report(watcher);

  const cpu = Math.round(((after.cpu - before.cpu) / elapsed) * 100);
  process.stdout.write(
    `200 instances, ${flaps} flaps in ${Math.round(elapsed)} ms: ${after.updates - before.updates} updates, ${cpu} % of a core\n`,
  );
  expect(flaps).toBeGreaterThan(50);
  expect(after.updates - before.updates).toBeLessThanOrEqual(elapsed / floor + 5);
  await expect.poll(async () => (await report(watcher)).ids.length, { timeout: 10_000 }).toBe(count);
}, 60_000);

async function report(watcher: ChildProcess): Promise<WatchReport> {
  const told = once(watcher, 'message');
  watcher.send('report');
  const [message] = (await told) as [WatchReport];
  return message;
}
