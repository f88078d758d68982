import { findProgram } from '@ko/discovery/testing';
import { expect, test } from 'vitest';
import { BareSystem, type Running } from './testing/bare-system.ts';

const program = findProgram('consul');
const patience = { timeout: 30_000, interval: 100 };

/** The order service, serving, and its Consul. */
async function servingOrder(consulProgram: string, environment: NodeJS.ProcessEnv) {
  const system = await BareSystem.prepare(consulProgram);
  await system.startPostgres();
  await system.startConsul();
  const order = system.start('order', environment);
  await expect.poll(async () => system.readiness('order'), patience).toMatchObject({ ready: true });
  return { system, order };
}

function stops({ log }: Running) {
  return log.filter(({ msg }) => msg === 'stop');
}

test(
  'a process stops in the order that loses nothing, and says how long each step took',
  { timeout: 60_000 },
  async ({ skip }) => {
    if (program === undefined) return skip('needs Consul: in PATH, or named by CONSUL_BIN');
    const { system, order } = await servingOrder(program, { SHUTDOWN_DELAY: '500' });

    order.child.kill('SIGTERM');
    await expect.poll(() => stops(order).length, patience).toBeGreaterThanOrEqual(2);
    const catalogue = await (await fetch(`${system.consul}/v1/health/service/order`)).json();
    const code = await order.ended;

    expect(stops(order).map(({ component }) => component)).toEqual([
      'readiness',
      'registration',
      'propagation',
      'grpc server',
      'connections to user',
      'admin port',
      'postgres',
      'telemetry',
    ]);
    expect(
      stops(order).every(({ outcome, duration_ms }) => outcome === 'stopped' && typeof duration_ms === 'number'),
    ).toBe(true);
    expect(stops(order)[2]?.duration_ms).toBeGreaterThanOrEqual(499);
    expect(catalogue).toEqual([]);
    expect(code).toBe(0);
  },
);

test('a second signal ends it at once', { timeout: 60_000 }, async ({ skip }) => {
  if (program === undefined) return skip('needs Consul: in PATH, or named by CONSUL_BIN');
  const { order } = await servingOrder(program, {
    SHUTDOWN_DELAY: '20000',
    SHUTDOWN_BUDGET: '31000',
    GRACE_PERIOD: '60000',
  });

  order.child.kill('SIGTERM');
  await expect.poll(() => stops(order).length, patience).toBe(2);
  order.child.kill('SIGTERM');

  expect(await order.ended).toBe(1);
  expect(stops(order).map(({ component }) => component)).toEqual(['readiness', 'registration']);
});
