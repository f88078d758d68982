import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { inspect } from 'node:util';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { ConfigError, parseConfig, processConfig } from './config.ts';
import { secret, secretUrl } from './secret.ts';

const schema = z.object({
  ...processConfig.shape,
  PORT: z.coerce.number().int(),
  KEY: secret({ sample: 'sample', minLength: 6 }),
  DATABASE_URL: secretUrl({ protocol: /^postgres$/ }),
});
const good = { PORT: '1', DATABASE_URL: 'postgres://ko:hunter2@db:5432/ko' };

function faultsOf(environment: Record<string, string>): string {
  try {
    parseConfig(schema, environment);
  } catch (error) {
    if (error instanceof ConfigError) return error.message;
    throw error;
  }
  throw new Error('the environment was accepted');
}

describe('parseConfig', () => {
  test('reads, converts and fills in', () => {
    const config = parseConfig(schema, { ...good, LOG_LEVEL: 'warn', UNKNOWN: 'x' });

    expect(config).toMatchObject({ PORT: 1, LOG_LEVEL: 'warn', NODE_ENV: 'development' });
    expect(config).not.toHaveProperty('UNKNOWN');
  });

  test('takes an empty variable as one that is not set', () => {
    expect(parseConfig(schema, { ...good, LOG_LEVEL: '' }).LOG_LEVEL).toBe('info');
  });

  test('reads a secret from the file that a variable names', () => {
    const file = path.join(mkdtempSync(path.join(tmpdir(), 'ko-config-')), 'key');
    writeFileSync(file, 'from a file\n');

    expect(parseConfig(schema, { ...good, KEY_FILE: file }).KEY.reveal()).toBe('from a file');
    expect(faultsOf({ ...good, KEY_FILE: file, KEY: 'another' })).toMatch(/KEY: set twice, here and by KEY_FILE/);
  });

  test('names every file that cannot be read, beside all other faults', () => {
    const faults = faultsOf({ KEY: 'my own secret', DATABASE_URL_FILE: '/nowhere/url' });

    expect(faults).toMatch(/DATABASE_URL_FILE: .*no such file.*nowhere/);
    expect(faults).not.toMatch(/DATABASE_URL: not set/);
    expect(faults).toMatch(/PORT: /);
  });

  test('names every fault at once', () => {
    const faults = faultsOf({ LOG_LEVEL: 'loud', KEY: 'short' });

    expect(faults).toMatch(/LOG_LEVEL: .*"debug"/);
    expect(faults).toMatch(/PORT: /);
    expect(faults).toMatch(/KEY: /);
    expect(faults).toMatch(/DATABASE_URL: not set/);
  });

  test('refuses a shutdown that the platform would cut short, or that would cut requests short', () => {
    expect(faultsOf({ ...good, GRACE_PERIOD: '10000' })).toMatch(
      /SHUTDOWN_BUDGET: 13000 ms do not fit into the 10000 ms/,
    );
    expect(faultsOf({ ...good, SHUTDOWN_DELAY: '5000' })).toMatch(/SHUTDOWN_BUDGET: 13000 ms are too short for/);
  });

  test('does not give a wrong secret away', () => {
    expect(faultsOf({ ...good, DATABASE_URL: 'mysql://ko:hunter2@db/ko' })).not.toContain('hunter2');
  });

  test('refuses the sample of a secret in production only', () => {
    expect(parseConfig(schema, good).KEY.reveal()).toBe('sample');
    expect(faultsOf({ ...good, NODE_ENV: 'production' })).toMatch(/KEY: still the sample/);
    expect(parseConfig(schema, { ...good, NODE_ENV: 'production', KEY: 'my own secret' }).KEY.reveal()).toBe(
      'my own secret',
    );
  });
});

test('a secret shows itself nowhere', () => {
  const config = parseConfig(schema, { ...good, KEY: 'a real secret' });

  const shown = [JSON.stringify(config), inspect(config), String(config.KEY)].join();

  expect(shown).not.toContain('a real secret');
  expect(shown).not.toContain('hunter2');
  expect(shown).toContain('postgres://ko:***@db:5432/ko');
});

test.each([
  ['DATABASE_URL', 'postgres://db/ko?user=ada&password=hunter2', 'postgres://db/ko?user=ada&password=***'],
  [
    'DATABASE_URL',
    'postgres://ada@db/ko?sslmode=require&sslpassword=hunter2',
    'postgres://ada@db/ko?sslmode=require&sslpassword=***',
  ],
  ['OTEL_EXPORTER_OTLP_ENDPOINT', 'https://ada:hunter2@otlp.test/base', 'https://ada:***@otlp.test/base'],
  ['OTEL_EXPORTER_OTLP_TRACES_ENDPOINT', 'https://ada:hunter2@otlp.test/t', 'https://ada:***@otlp.test/t'],
  ['OTEL_EXPORTER_OTLP_LOGS_ENDPOINT', 'https://hunter2@otlp.test/l', 'https://***@otlp.test/l'],
  ['OTEL_EXPORTER_OTLP_LOGS_ENDPOINT', 'https://otlp.test/l?api-key=hunter2', 'https://otlp.test/l?api-key=***'],
] as const)('%s of %s is shown without its secret', (name, url, shown) => {
  const config = parseConfig(schema, { ...good, [name]: url });

  expect(JSON.parse(JSON.stringify(config))).toMatchObject({ [name]: shown });
  expect(config[name]?.reveal()).toBe(url);
});
