import { randomInt } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { PortsTaken } from './ports.ts';
import type { RunningSystem } from './running-system.ts';
import { sample } from './sample.ts';
import { services } from './services.ts';
import { startSystem, type SystemOptions } from './start-system.ts';
import type { SystemState } from './system-file.ts';
import { isAlive } from './testing/programs.ts';

/** The environment without a Postgres of the developer's: the system has its own. */
const environment = { ...process.env, DATABASE_SERVER_URL: undefined, LOG_LEVEL: 'error' };

describe('a whole system', () => {
  const data = mkdtempSync(join(tmpdir(), 'ko-stack-'));
  let system: RunningSystem;
  let missing: readonly string[];

  beforeAll(async () => {
    system = await startAnywhere({ data, environment, scale: { user: 2 }, overrides: { 'user.2': { ZONE: 'attic' } } });
    missing = await system.ready;
  }, 120_000);

  afterAll(async () => {
    await system.stop();
    rmSync(data, { recursive: true, force: true });
  }, 60_000);

  test('has all its instances, and says where they are', () => {
    const others = services.map(({ name }) => name).filter((name) => name !== 'user');
    const names = ['user.1', 'user.2', ...others, 'gateway'];

    const state = JSON.parse(readFileSync(join(data, 'system.json'), 'utf8')) as SystemState; // written by us

    expect(missing).toEqual([]);
    expect(system.instances.map(({ name }) => name)).toEqual(names);
    expect(Object.keys(state.processes)).toEqual(names);
    expect(state).toMatchObject({ ready: true, gateway: system.gateways[0] });
    expect(state.instances?.['user.2']?.grpc).toBe(system.instance('user.2').grpc);
  });

  test('gives an instance an environment of its own', async () => {
    const zones = await Promise.all(
      ['user.1', 'user.2'].map(async (name) => {
        const config = (await (await fetch(`${system.instance(name).admin}/config`)).json()) as { ZONE: string };
        return config.ZONE;
      }),
    );

    expect(zones).toEqual(['', 'attic']);
  });

  test('answers while any instance of a service runs', async () => {
    await system.halt('user.1');
    const without = await signIn();
    await system.start('user.1');
    await system.serving('user.1');
    await system.halt('user.2');
    const withoutOther = await signIn();
    await system.start('user.2');

    expect([without, withoutOther]).toEqual([200, 200]);
  });

  test('goes on after its Postgres was away', async () => {
    await system.halt('postgres');
    await system.start('postgres');

    await expect.poll(signIn, { timeout: 20_000 }).toBe(200);
  }, 30_000);

  test('leaves nothing running', async () => {
    const pids = system.instances.map(({ pid }) => pid ?? 0);

    await system.stop();

    expect(pids.filter(isAlive)).toEqual([]);
    expect(existsSync(join(data, 'system.json'))).toBe(false);
    expect(existsSync(join(data, 'postgres/postmaster.pid'))).toBe(false);
  });

  async function signIn(): Promise<number> {
    const { status } = await fetch(`${system.gateways[0]}/v1/sessions`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(sample),
    });
    return status;
  }
});

/** On ports below those that systems give to clients. */
async function startAnywhere(options: SystemOptions): Promise<RunningSystem> {
  try {
    return await startSystem({ ...options, port: 30_000 + 10 * randomInt(200) });
  } catch (error) {
    if (error instanceof PortsTaken) return startAnywhere(options);
    throw error;
  }
}
