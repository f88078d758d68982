import { verifyPassword } from '@ko/middleware';
import { expect, test } from 'vitest';
import { seed } from './seed.ts';
import { useUserDatabase } from './testing/user-database.ts';

const client = useUserDatabase();

test('the sample users are added once, and have the documented password', async () => {
  await seed(client());
  const users = await client().user.findMany({ orderBy: { email: 'asc' } });

  await seed(client());

  expect(users).toMatchObject([
    { email: 'ada@example.com', roles: [] },
    { email: 'admin@example.com', roles: ['admin'] },
  ]);
  await expect(verifyPassword('correct-horse-battery', users[0]?.passwordHash ?? '')).resolves.toBe(true);
  await expect(client().user.findMany({ orderBy: { email: 'asc' } })).resolves.toEqual(users);
});
