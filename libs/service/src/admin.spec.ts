import { StatusError } from '@ko/endpoint';
import { ConcurrencyLimiter } from '@ko/middleware';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { adminRoutes } from './admin.ts';
import { parseConfig, processConfig } from './config.ts';
import { Health } from './health.ts';
import { Neighbour } from './neighbour.ts';
import { Secret } from './secret.ts';
import { createTelemetry } from './telemetry.ts';

const telemetry = createTelemetry('test', parseConfig(processConfig, { LOG_LEVEL: 'silent' }));

function admin(health = new Health([])) {
  return adminRoutes({ telemetry, health, config: { KEY: new Secret('hunter2') } });
}

describe('/readyz', () => {
  test('is 503 until all has started, and again when it stops', async () => {
    const health = new Health([]);
    const app = admin(health);

    const before = await app.inject('/readyz');
    await health.start();
    const during = await app.inject('/readyz');
    await health.stop();
    const after = await app.inject('/readyz');

    expect([before, during, after].map((response) => response.statusCode)).toEqual([503, 200, 503]);
    expect(after.json()).toMatchObject({ ready: false, checks: { process: 'starting or stopping' } });
  });

  test('names what is missing', async () => {
    const database = {
      name: 'postgres',
      ready: () => Promise.reject(new StatusError('unavailable', 'cannot be reached')),
    };
    const health = new Health([database]);
    await health.start();

    const response = await admin(health).inject('/readyz');

    expect(response.statusCode).toBe(503);
    expect(response.json()).toEqual({
      ready: false,
      checks: { process: 'ok', postgres: 'cannot be reached' },
      warnings: {},
    });
  });
});

test('/livez answers whatever is missing', async () => {
  expect((await admin().inject('/livez')).statusCode).toBe(200);
});

test('/metrics are those of Prometheus', async () => {
  const response = await admin().inject('/metrics');

  expect(response.headers['content-type']).toContain('text/plain');
  expect(response.body).toContain('nodejs_eventloop_lag_seconds');
});

test('/config hides secrets', async () => {
  expect((await admin().inject('/config')).json()).toEqual({ KEY: '[secret]' });
});

test('/ lists the pages', async () => {
  expect((await admin().inject('/')).json()).toEqual(
    expect.arrayContaining(['GET /readyz', 'GET /neighbours', 'POST /neighbours/:service/reset', 'GET /timeouts']),
  );
});

test('/registration says that nobody registers a process without a registry', async () => {
  expect((await admin().inject('/registration')).json()).toMatchObject({
    fault: expect.stringContaining('REGISTRY_URL') as string,
  });
});

test('/limits shows how much is taken on at once', async () => {
  const app = adminRoutes({
    telemetry,
    health: new Health([]),
    config: {},
    limiter: new ConcurrencyLimiter({ max: 7 }),
  });

  expect((await app.inject('/limits')).json()).toMatchObject({ limit: 7, inFlight: 0, refused: 0 });
});

describe('/neighbours', () => {
  const neighbour = new Neighbour('echo', new Secret('static:127.0.0.1:1;zone=north'), {
    config: { ZONE: '', REQUEST_TIMEOUT: 1_000, HEDGE_AFTER: 0, MULTIPLEX: true },
    telemetry,
  });
  const app = adminRoutes({ telemetry, health: new Health([neighbour]), config: {}, neighbours: [neighbour] });
  beforeAll(async () => neighbour.start());
  afterAll(async () => neighbour.stop());

  test('shows the instances of each, and the age of the list', async () => {
    expect((await app.inject('/neighbours')).json()).toMatchObject({
      echo: {
        age_seconds: expect.any(Number) as number,
        instances: [{ instance: { address: '127.0.0.1:1', zone: 'north' }, circuit: { state: 'closed' }, inFlight: 0 }],
      },
    });
  });

  test('lets circuits be closed by hand', async () => {
    const closed = await app.inject({ method: 'POST', url: '/neighbours/echo/reset' });
    const unknown = await app.inject({ method: 'POST', url: '/neighbours/nobody/reset' });

    expect(closed.json()).toEqual({ closed: 0 });
    expect([unknown.statusCode, unknown.json()]).toEqual([404, { faults: ['there is no neighbour nobody'] }]);
  });

  test('are a warning, and no reason not to be ready', async () => {
    await expect
      .poll(async () => (await app.inject('/readyz')).json<object>())
      .toMatchObject({ warnings: { 'connections to echo': 'no instance of echo can be reached' } });
  });
});

describe('/log-level', () => {
  beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] }));
  afterEach(() => {
    vi.useRealTimers();
    telemetry.log.level = 'silent';
  });

  test('changes for a while, then falls back', async () => {
    const app = admin();

    const changed = await app.inject({
      method: 'PUT',
      url: '/log-level',
      payload: { level: 'debug', for_seconds: 60 },
    });
    const during = telemetry.log.level;
    vi.advanceTimersByTime(60_000);

    expect(changed.json()).toMatchObject({ level: 'debug', until: expect.any(String) as string });
    expect(during).toBe('debug');
    expect((await app.inject('/log-level')).json()).toEqual({ level: 'silent' });
  });

  test('refuses a level that there is not', async () => {
    const response = await admin().inject({ method: 'PUT', url: '/log-level', payload: { level: 'loud' } });

    expect(response.statusCode).toBe(400);
    expect(telemetry.log.level).toBe('silent');
  });
});
