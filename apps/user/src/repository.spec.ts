import { describe, expect, test } from 'vitest';
import { PostgresUserRepository } from './repository.ts';
import { newUser } from './testing/samples.ts';
import { useUserDatabase } from './testing/user-database.ts';

const client = useUserDatabase();
const unknownId = '00000000-0000-4000-8000-000000000000';

describe('the user repository', () => {
  test('finds a user as stored, by id and by e-mail', async () => {
    const users = new PostgresUserRepository(client());
    const ada = newUser({ roles: ['admin'] });

    await expect(users.insert(ada, 'hash')).resolves.toBe(true);

    await expect(users.find(ada.id)).resolves.toEqual(ada);
    await expect(users.findCredentials(ada.email)).resolves.toEqual({ user: ada, passwordHash: 'hash' });
    await expect(users.find(unknownId)).resolves.toBeUndefined();
    await expect(users.findCredentials('nobody@example.com')).resolves.toBeUndefined();
  });

  test('lets one of two take an e-mail at the same time', async () => {
    const users = new PostgresUserRepository(client());
    const twins = [newUser({ email: 'ada@example.com' }), newUser({ email: 'ada@example.com' })];

    const inserted = await Promise.all(twins.map((twin) => users.insert(twin, 'hash')));

    expect(inserted.toSorted()).toEqual([false, true]);
  });

  test('lists newest first and goes on behind a cursor, also among users of the same moment', async () => {
    const users = new PostgresUserRepository(client());
    const moments = [3000, 2000, 2000, 2000, 1000].map((time) => new Date(time));
    const all = moments.map((createTime) => newUser({ createTime }));
    for (const user of all) await users.insert(user, 'hash');

    const pages = [await users.list(2)];
    for (let last = pages[0]?.at(-1); last !== undefined; last = pages.at(-1)?.at(-1)) {
      pages.push(await users.list(2, last));
    }

    const listed = pages.flat();
    expect(pages.map((page) => page.length)).toEqual([2, 2, 1, 0]);
    expect(new Set(listed.map(({ id }) => id))).toEqual(new Set(all.map(({ id }) => id)));
    expect(listed.map(({ createTime }) => createTime)).toEqual(moments);
  });

  test('changes what it is told to and nothing else', async () => {
    const users = new PostgresUserRepository(client());
    const ada = newUser();
    await users.insert(ada, 'hash');

    const changed = await users.update(ada.id, { displayName: 'Countess', roles: ['admin'] });

    expect(changed).toEqual({ ...ada, displayName: 'Countess', roles: ['admin'] });
    await expect(users.find(ada.id)).resolves.toEqual(changed);
    await expect(users.update(unknownId, { displayName: 'Nobody' })).resolves.toBeUndefined();
  });

  test('says whether there was a user to delete', async () => {
    const users = new PostgresUserRepository(client());
    const ada = newUser();
    await users.insert(ada, 'hash');

    await expect(users.delete(ada.id)).resolves.toBe(true);
    await expect(users.delete(ada.id)).resolves.toBe(false);
    await expect(users.find(ada.id)).resolves.toBeUndefined();
  });
});
