import { describe, expect, test } from 'vitest';
import { layOut, type LayoutOptions } from './layout.ts';
import { claims, oneProcess, separateProcesses, type PlanContext } from './plan.ts';

const services = [
  { name: 'user', port: 50051, calls: [], database: true },
  { name: 'order', port: 50052, calls: ['user'], database: true },
];

describe('separateProcesses', () => {
  test('tells each where it listens, and where those are that it calls', () => {
    const programs = plan();

    expect(programs.get('user')).toMatchObject({ GRPC_ADDRESS: '127.0.0.1:50051', ADMIN_ADDRESS: '127.0.0.1:9051' });
    expect(programs.get('user')).not.toHaveProperty('USER_URL');
    expect(programs.get('order')).toMatchObject({ USER_URL: 'static:127.0.0.1:50051', DATABASE_URL: 'pg://order' });
    expect(programs.get('order')).not.toHaveProperty('ORDER_URL');
    expect(programs.get('gateway')).toMatchObject({
      HTTP_ADDRESS: '127.0.0.1:8080',
      USER_URL: 'static:127.0.0.1:50051',
      ORDER_URL: 'static:127.0.0.1:50052',
    });
    expect(programs.get('gateway')).not.toHaveProperty('DATABASE_URL');
  });

  test('tells callers all instances', () => {
    const programs = plan({ scale: { user: 2, gateway: 2 } });

    const found = 'static:127.0.0.1:50051,127.0.0.1:50151';
    expect(programs.get('order')?.USER_URL).toBe(found);
    expect(programs.get('gateway.2')).toMatchObject({ USER_URL: found, HTTP_ADDRESS: '127.0.0.1:8180' });
  });

  test('tells gateways that they share a port, where they do', () => {
    const shared = plan({ scale: { user: 2, gateway: 2 }, sharePort: true });

    expect(shared.get('gateway.2')).toMatchObject({ HTTP_ADDRESS: '127.0.0.1:8080', REUSE_PORT: 'true' });
    expect(shared.get('user.2')).not.toHaveProperty('REUSE_PORT');
    expect(plan({ scale: { gateway: 2 } }).get('gateway.2')).not.toHaveProperty('REUSE_PORT');
    expect(plan({ sharePort: true }).get('gateway')).not.toHaveProperty('REUSE_PORT');
  });

  test('tells callers the address that an instance advertises', () => {
    const programs = plan(
      { scale: { user: 2 } },
      { overrides: { 'user.2': { ADVERTISED_ADDRESS: '127.0.0.1:7000' } } },
    );

    expect(programs.get('order')?.USER_URL).toBe('static:127.0.0.1:50051,127.0.0.1:7000');
    expect(programs.get('user.2')?.ADVERTISED_ADDRESS).toBe('127.0.0.1:7000');
    expect(programs.get('user.1')).not.toHaveProperty('ADVERTISED_ADDRESS');
  });

  test('points all to Consul when there is one, with time for others to notice the end of an instance', () => {
    const programs = plan({}, { consul: '127.0.0.1:8500' });

    const common = { REGISTRY_URL: 'consul://127.0.0.1:8500', SHUTDOWN_DELAY: '500' };
    expect(programs.get('user')).toMatchObject(common);
    expect(programs.get('order')).toMatchObject({ ...common, USER_URL: 'consul://127.0.0.1:8500/user' });
    expect(programs.get('gateway')).toMatchObject({ ...common, ORDER_URL: 'consul://127.0.0.1:8500/order' });
  });

  test('registers nothing without Consul', () => {
    expect(plan({ scale: { user: 2 } }).get('user.1')).not.toHaveProperty('REGISTRY_URL');
  });

  test('gives an instance what is said for its service, and first what is said for itself', () => {
    const overrides = { user: { WEIGHT: '2', ZONE: 'a' }, 'user.2': { ZONE: 'b' } };

    const programs = plan({ scale: { user: 2 } }, { overrides });

    expect(programs.get('user.1')).toMatchObject({ WEIGHT: '2', ZONE: 'a' });
    expect(programs.get('user.2')).toMatchObject({ WEIGHT: '2', ZONE: 'b' });
    expect(programs.get('order')).not.toHaveProperty('WEIGHT');
  });

  test('leaves the time for others to notice to who said it', () => {
    const programs = plan({ scale: { user: 2 } }, { environment: { SHUTDOWN_DELAY: '3000' } });

    expect(programs.get('user.1')?.SHUTDOWN_DELAY).toBe('3000');
  });

  test('tells all how long they have to stop in', () => {
    expect(plan().get('user')?.GRACE_PERIOD).toBe('15000');
  });
});

describe('oneProcess', () => {
  test('has the databases of all services', () => {
    const [program] = oneProcess(context({ monolith: true }));

    expect(program).toMatchObject({ name: 'monolith', readyUrl: 'http://127.0.0.1:9050/readyz' });
    expect(program?.env).toMatchObject({ USER_DATABASE_URL: 'pg://user', ORDER_DATABASE_URL: 'pg://order' });
  });
});

describe('claims', () => {
  test('names each port that processes listen on', () => {
    const wanted = claims(layOut(services, { scale: { user: 2 } }));

    expect(wanted).toHaveLength(8);
    expect(wanted).toContainEqual({ port: 50151, purpose: 'user.2 (gRPC)' });
    expect(wanted).toContainEqual({ port: 9050, purpose: 'the admin port of the gateway' });
  });

  test('names a port once that several share', () => {
    const wanted = claims(layOut(services, { scale: { gateway: 2 }, sharePort: true }));

    expect(wanted.filter(({ port }) => port === 8080)).toHaveLength(1);
    expect(wanted).toContainEqual({ port: 9150, purpose: 'the admin port of gateway.2' });
  });

  test('names the gateway of a monolith', () => {
    expect(claims(layOut(services, { monolith: true }))).toEqual([
      { port: 8080, purpose: 'the gateway (HTTP)' },
      { port: 9050, purpose: 'the admin port of the monolith' },
    ]);
  });
});

/** Environments by the names of the processes. */
function plan(options: LayoutOptions = {}, more: Partial<PlanContext> = {}) {
  const programs = separateProcesses({ ...context(options), ...more });
  return new Map(programs.map(({ name, env }) => [name, env]));
}

function context(options: LayoutOptions): PlanContext {
  return {
    root: '/ko',
    services,
    layout: layOut(services, options),
    databaseUrl: (service) => `pg://${service}`,
    environment: {},
    grace: 15_000,
  };
}
