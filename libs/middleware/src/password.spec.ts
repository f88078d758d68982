import { expect, test } from 'vitest';
import { hashPassword, verifyPassword } from './password.ts';

test('a password is known by its hash, which is another each time', async () => {
  const [one, two] = await Promise.all([hashPassword('secret'), hashPassword('secret')]);

  expect(one).not.toBe(two);
  expect(one).toMatch(/^scrypt\$32768\$8\$3\$/);
  await expect(verifyPassword('secret', one)).resolves.toBe(true);
  await expect(verifyPassword('Secret', one)).resolves.toBe(false);
  await expect(verifyPassword('secret', 'md5$x')).rejects.toThrow('not a hash');
});
