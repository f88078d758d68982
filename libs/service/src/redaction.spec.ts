import { expect, test } from 'vitest';
import { redacted } from './redaction.ts';

test.each([
  ...['accessToken', 'access_token', 'refresh_token', 'password_hash', 'Authorization', 'proxy-authorization'],
  ...['set-cookie', 'Set-Cookie', 'apiKey', 'api_key', 'X-Api-Key', 'client_secret', 'private_key', 'KEY_SECRET'],
])('a secret is known by the name of %s', (name) => {
  const fields = { [name]: 'hunter2', a: { [name]: 'hunter2' } };

  expect(redacted(fields)).toEqual({ [name]: '[redacted]', a: { [name]: '[redacted]' } });
});

test('what only begins or ends like the name of a secret is none', () => {
  const fields = { token_count: 1, page_token: 'next', access_token_expire_time: 'soon' };

  expect(redacted(fields)).toBe(fields);
});
