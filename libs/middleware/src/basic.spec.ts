import { describe, expect, test } from 'vitest';
import { basic } from './basic.ts';
import { hashPassword } from './password.ts';

describe('Basic', async () => {
  const scheme = basic([{ name: 'robot', roles: ['admin'], passwordHash: await hashPassword('correct horse') }]);
  const encoded = (text: string) => Buffer.from(text).toString('base64');

  test('knows an account by its name and password', async () => {
    const first = await scheme.authenticate(encoded('robot:correct horse'));
    const again = await scheme.authenticate(encoded('robot:correct horse'));

    expect([first, again]).toEqual(Array(2).fill({ subject: 'accounts/robot', roles: ['admin'] }));
  });

  test.each(['robot:wrong', 'nobody:correct horse', 'robot', ''])('refuses %j', async (credentials) => {
    await expect(scheme.authenticate(encoded(credentials))).rejects.toMatchObject({ reason: 'CREDENTIALS_INVALID' });
  });
});
