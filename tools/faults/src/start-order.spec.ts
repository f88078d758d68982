import { spawn, type ChildProcess } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { testDatabase } from '@ko/data/testing';
import { consulServer, findProgram, freePorts } from '@ko/discovery/testing';
import { describe, expect, onTestFinished, test } from 'vitest';
import { SlowProxy } from './slow-proxy.ts';

const apps = path.join(import.meta.dirname, '../../../apps');
const program = findProgram('consul');
const patience = { timeout: 30_000, interval: 100 };

type Name = 'user' | 'order' | 'gateway';

const orders: readonly (readonly [Name, Name, Name])[] = [
  ['user', 'order', 'gateway'],
  ['user', 'gateway', 'order'],
  ['order', 'user', 'gateway'],
  ['order', 'gateway', 'user'],
  ['gateway', 'user', 'order'],
  ['gateway', 'order', 'user'],
];

describe('processes', () => {
  test.for(orders)(
    'start as %s, %s, %s without Postgres and Consul, and serve when these come',
    { timeout: 90_000 },
    async (order, { skip }) => {
      if (program === undefined) return skip('needs Consul: in PATH, or named by CONSUL_BIN');
      const system = await unstarted(program);
      const running = new Map<Name, ChildProcess>();

      for (const name of order) {
        running.set(name, system.start(name));
        await delay(200);
      }
      for (const name of order)
        await expect.poll(async () => system.readiness(name), patience).toMatchObject({ ready: false });
      const missing = [await system.readiness('user'), await system.readiness('gateway')];
      await system.dependencies[order[0] === 'user' ? 'postgres' : 'consul']();
      await delay(500);
      await system.dependencies[order[0] === 'user' ? 'consul' : 'postgres']();
      for (const name of order)
        await expect.poll(async () => system.readiness(name), patience).toMatchObject({ ready: true });

      expect(missing).toMatchObject([
        { checks: { postgres: 'Postgres cannot be reached' } },
        { checks: { neighbours: 'none of user, order can be reached' } },
      ]);
      await expect.poll(async () => system.placeOrder(), patience).toBe(200);
      expect([...running.values()].map(({ exitCode }) => exitCode)).toEqual([null, null, null]);
    },
  );
});

/** A system of which nothing runs yet. */
async function unstarted(program: string) {
  const consul = await consulServer(program);
  onTestFinished(async () => consul.kill());
  const [user, order] = await Promise.all(
    ['user', 'order'].map(async (name) => testDatabase(path.join(apps, name, 'prisma'))),
  );
  if (user === undefined || order === undefined) throw new Error('there is no database');
  const postgres = new SlowProxy(new URL(user.url).host);
  const [postgresPort = 0, http = 0, ...admins] = await freePorts(5);
  onTestFinished(async () => {
    postgres.stop();
    await Promise.all([user.drop(), order.drop()]);
  });
  const adminOf: Readonly<Record<Name, number>> = {
    user: admins[0] ?? 0,
    order: admins[1] ?? 0,
    gateway: admins[2] ?? 0,
  };
  const throughProxy = (url: string) => Object.assign(new URL(url), { host: `127.0.0.1:${postgresPort}` }).href;
  const environments: Readonly<Record<Name, NodeJS.ProcessEnv>> = {
    user: { DATABASE_URL: throughProxy(user.url), GRPC_ADDRESS: '127.0.0.1:0' },
    order: { DATABASE_URL: throughProxy(order.url), GRPC_ADDRESS: '127.0.0.1:0' },
    gateway: { HTTP_ADDRESS: `127.0.0.1:${http}` },
  };
  return {
    dependencies: { postgres: async () => postgres.start(postgresPort), consul: async () => consul.start() },
    start(name: Name): ChildProcess {
      const child = spawn(process.execPath, [path.join(apps, name, 'src/main.ts')], {
        stdio: 'ignore',
        env: {
          ...process.env,
          ...environments[name],
          ADMIN_ADDRESS: `127.0.0.1:${adminOf[name]}`,
          REGISTRY_URL: `consul://${consul.address}`,
          USER_URL: `consul://${consul.address}/user`,
          ORDER_URL: `consul://${consul.address}/order`,
          SHUTDOWN_DELAY: '0',
        },
      });
      onTestFinished(async () => {
        if (child.exitCode === null && child.kill('SIGTERM')) await once(child, 'exit');
      });
      return child;
    },
    async readiness(name: Name): Promise<unknown> {
      try {
        return await (await fetch(`http://127.0.0.1:${adminOf[name]}/readyz`)).json();
      } catch {
        return undefined; // It does not answer yet.
      }
    },
    placeOrder: async () => placeOrder(`http://127.0.0.1:${http}`),
  };
}

/** Signs somebody up and in, and places an order. Resolves to the status of the first answer that was not 200, or of the last. */
async function placeOrder(gateway: string): Promise<number> {
  const account = { email: `${randomUUID()}@example.com`, password: 'correct-horse-battery' };
  const lines = [{ sku: 'TEA-1', quantity: 1, unitPrice: { currencyCode: 'EUR', units: '4', nanos: 0 } }];
  const post = async (route: string, body: object, headers = {}) =>
    fetch(gateway + route, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify(body),
    });

  const registered = await post('/v1/users', { ...account, displayName: 'Ada' });
  if (!registered.ok) return registered.status;
  const signedIn = await post('/v1/sessions', account);
  if (!signedIn.ok) return signedIn.status;
  const { accessToken } = (await signedIn.json()) as { readonly accessToken: string };
  return (await post('/v1/orders', { lines }, { authorization: `Bearer ${accessToken}` })).status;
}
