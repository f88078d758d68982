import { setTimeout as delay } from 'node:timers/promises';
import { findProgram } from '@ko/discovery/testing';
import { expect, test } from 'vitest';
import { BareSystem, type Name } from './testing/bare-system.ts';

const program = findProgram('consul');
const patience = { timeout: 30_000, interval: 100 };

const orders: readonly (readonly [Name, Name, Name])[] = [
  ['user', 'order', 'gateway'],
  ['user', 'gateway', 'order'],
  ['order', 'user', 'gateway'],
  ['order', 'gateway', 'user'],
  ['gateway', 'user', 'order'],
  ['gateway', 'order', 'user'],
];

test.for(orders)(
  '%s, %s and %s start in this order without Postgres and Consul, and serve when these come',
  { timeout: 90_000 },
  async (order, { skip }) => {
    if (program === undefined) return skip('needs Consul: in PATH, or named by CONSUL_BIN');
    const system = await BareSystem.prepare(program);
    const isReady = async (name: Name, ready: boolean) =>
      expect.poll(async () => system.readiness(name), patience).toMatchObject({ ready });

    const running = [];
    for (const name of order) {
      running.push(system.start(name));
      await delay(200);
    }
    for (const name of order) await isReady(name, false);
    const missing = [await system.readiness('user'), await system.readiness('gateway')];
    if (order[0] === 'user') await system.startPostgres();
    await system.startConsul();
    await delay(500);
    if (order[0] !== 'user') await system.startPostgres();
    for (const name of order) await isReady(name, true);

    expect(missing).toMatchObject([
      { checks: { postgres: 'Postgres cannot be reached' } },
      { checks: { neighbours: expect.stringMatching(/^none of user, order.* can be reached$/) as string } },
    ]);
    await expect.poll(async () => system.placeOrder(), patience).toBe(200);
    expect(running.map(({ child }) => child.exitCode)).toEqual([null, null, null]);
  },
);
