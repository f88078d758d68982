import { StatusError } from '@ko/endpoint';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { adminRoutes } from './admin.ts';
import { parseConfig, processConfig } from './config.ts';
import { Health } from './health.ts';
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
