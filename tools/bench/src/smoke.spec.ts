import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { family } from './machine.ts';
import { summaries } from './results.ts';
import { measure } from './rounds.ts';
import { get } from './scenarios/get.ts';
import { openSite } from './site.ts';
import { bareFastify } from './subjects/bare-fastify.ts';
import { koMonolith, koMultiplexed } from './subjects/own.ts';
import { startSubject } from './target.ts';

test.skipIf(process.platform !== 'linux')(
  'a bench measures whom it starts, and leaves nobody running',
  measureAll,
  60_000,
);

test.skipIf(process.platform !== 'linux')(
  'each start has its share of the rounds, and has ended when the next begins',
  measureInTwoStarts,
  60_000,
);

async function measureAll(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'ko-bench-'));
  const before = family(process.pid);

  await using stack = new AsyncDisposableStack();
  const told: string[] = [];
  const site = openSite({ folder, port: 27_500, told: (text) => void told.push(text) }, stack);
  const targets = [];
  for (const subject of [koMultiplexed, koMonolith, bareFastify]) {
    targets.push(await startSubject(subject, site, stack, site.world.users.slice(0, 20)));
  }
  const slices = await measure(targets, site, { rounds: 1, seconds: 0.5, warmUp: 0.2, connections: 4 });

  const found = summaries(slices);
  expect(found.map(({ target, errors }) => [target, errors])).toEqual([
    ['ko', 0],
    ['ko-monolith', 0],
    ['Fastify with JWT', 0],
  ]);
  for (const { rate, p50, cpu, memory } of found) {
    expect(Math.min(rate, p50, ...Object.values(cpu), ...Object.values(memory))).toBeGreaterThan(0);
  }
  expect(Object.keys(found[0]?.cpu ?? {})).toEqual(['gateway', 'service']);
  expect(told).toHaveLength(3);
  expect(readFileSync(join(folder, 'ko-gateway.log'), 'utf8')).toContain('"path":"/v1/users/');

  await stack.disposeAsync();
  expect(family(process.pid).filter((pid) => !before.includes(pid))).toEqual([]);
  rmSync(folder, { recursive: true });
}

async function measureInTwoStarts(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'ko-bench-'));
  await using stack = new AsyncDisposableStack();
  const running: number[][] = [];
  const told = (): void => void running.push(started());
  const site = openSite({ folder, port: 27_600, told }, stack);
  const before = family(process.pid);
  const started = (): number[] => family(process.pid).filter((pid) => !before.includes(pid));

  const { slices } = await get.measure({
    ...{ site, stack, pace: { rounds: 3, seconds: 0.2 }, starts: 2, profile: false },
    wants: (name) => name === bareFastify.name,
  });

  expect(slices.map(({ target, round }) => [target, round])).toEqual(
    [1, 2, 3].map((round) => [bareFastify.name, round]),
  );
  const [[first] = [], [second] = []] = running;
  expect(first).not.toBe(second);
  expect(running).toEqual([[first], [second], [second]]);
  expect(started()).toEqual([]);
  rmSync(folder, { recursive: true });
}
