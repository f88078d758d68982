import { parseConfig } from '@ko/service';
import { describe, expect, test } from 'vitest';
import { userConfig } from './config.ts';

const DATABASE_URL = 'postgres://user:password@127.0.0.1/user';

describe('the environment of the user service', () => {
  test('needs nothing but a database in development', () => {
    const config = parseConfig(userConfig, { DATABASE_URL });

    expect(config).toMatchObject({ ACCESS_TOKEN_TTL: 900_000, SESSION_TTL: 2_592_000_000, SIGN_IN_LIMIT_ACCOUNT: 10 });
    expect(JSON.stringify(config)).not.toContain('password@');
  });

  test('takes durations with a unit', () => {
    const config = parseConfig(userConfig, { DATABASE_URL, ACCESS_TOKEN_TTL: '90s', SESSION_TTL: '12h' });

    expect(config).toMatchObject({ ACCESS_TOKEN_TTL: 90_000, SESSION_TTL: 43_200_000 });
    expect(() => parseConfig(userConfig, { DATABASE_URL, KEY_LEAD: '60' })).toThrow('KEY_LEAD: a number and a unit');
  });

  test('must bring a secret of its own in production', () => {
    const NODE_ENV = 'production';

    expect(() => parseConfig(userConfig, { DATABASE_URL, NODE_ENV })).toThrow('KEY_SECRET');
    expect(parseConfig(userConfig, { DATABASE_URL, NODE_ENV, KEY_SECRET: 's'.repeat(32) })).toBeDefined();
    expect(() => parseConfig(userConfig, { DATABASE_URL, KEY_SECRET: 'short' })).toThrow('KEY_SECRET');
  });
});
