import { hashPassword, verifyPassword } from '@ko/middleware';
import { describe, expect, test } from 'vitest';
import { PostgresUserRepository } from './repository.ts';
import { UserService } from './service.ts';
import { PostgresSessionRepository } from './session-repository.ts';
import { newUser } from './testing/samples.ts';
import { useUserDatabase } from './testing/user-database.ts';
import type { Caller } from './user.ts';

const client = useUserDatabase();
const now = new Date('2030-01-01T00:00:00Z');
const admin: Caller = { id: '11111111-0000-4000-8000-000000000000', isAdmin: true };
const unknownId = '00000000-0000-4000-8000-000000000000';

function service() {
  const repository = new PostgresUserRepository(client());
  const sessions = new PostgresSessionRepository(client());
  const users = new UserService({ users: repository, sessions, hashPassword }, { now: () => now });
  return { users, repository, sessions };
}

async function withAda() {
  const { users, repository, sessions } = service();
  const ada = newUser();
  await repository.insert(ada, 'hash');
  const caller: Caller = { id: ada.id, isAdmin: false };
  return { users, repository, sessions, ada, caller };
}

describe('registering', () => {
  test('makes an active user without roles, whose password is stored as a hash', async () => {
    const { users, repository } = service();

    const user = await users.register({ email: 'Ada@Example.com', password: 'ten letters', displayName: 'Ada' });

    expect(user).toMatchObject({ email: 'ada@example.com', state: 'active', roles: [], createTime: now });
    const stored = await repository.findCredentials('ada@example.com');
    expect(stored?.user).toEqual(user);
    expect(stored?.passwordHash).not.toContain('ten letters');
    await expect(verifyPassword('ten letters', stored?.passwordHash ?? '')).resolves.toBe(true);
  });

  test('refuses an e-mail that is taken, in any case', async () => {
    const { users } = service();
    await users.register({ email: 'ada@example.com', password: 'ten letters', displayName: 'Ada' });

    const again = users.register({ email: ' ADA@example.COM', password: 'other letters', displayName: 'Imposter' });

    await expect(again).rejects.toMatchObject({ code: 'already_exists', reason: 'EMAIL_TAKEN' });
  });
});

describe('a user', () => {
  test('sees and changes themselves', async () => {
    const { users, ada, caller } = await withAda();

    await expect(users.get(ada.id, caller)).resolves.toEqual(ada);

    const changed = await users.update(ada.id, { displayName: 'Countess' }, caller);
    expect(changed).toEqual({ ...ada, displayName: 'Countess', updateTime: now });
  });

  test('cannot tell who else exists', async () => {
    const { users, repository, caller } = await withAda();
    const other = newUser();
    await repository.insert(other, 'hash');

    const refusal = { code: 'permission_denied', reason: 'NOT_YOURSELF' };
    await expect(users.get(other.id, caller)).rejects.toMatchObject(refusal);
    await expect(users.get(unknownId, caller)).rejects.toMatchObject(refusal);
    await expect(users.update(other.id, { displayName: 'Mallory' }, caller)).rejects.toMatchObject(refusal);
  });

  test('cannot do what is for administrators', async () => {
    const { users, ada, caller } = await withAda();

    const refusal = { code: 'permission_denied', reason: 'ADMIN_ONLY' };
    await expect(users.update(ada.id, { roles: ['admin'] }, caller)).rejects.toMatchObject(refusal);
    await expect(users.list(10, caller)).rejects.toMatchObject(refusal);
    await expect(users.disable(ada.id, caller)).rejects.toMatchObject(refusal);
    await expect(users.enable(ada.id, caller)).rejects.toMatchObject(refusal);
    await expect(users.delete(ada.id, caller)).rejects.toMatchObject(refusal);
    await expect(users.get(ada.id, caller)).resolves.toEqual(ada);
  });
});

describe('an administrator', () => {
  test('changes roles', async () => {
    const { users, ada } = await withAda();

    await expect(users.update(ada.id, { roles: ['admin'] }, admin)).resolves.toMatchObject({ roles: ['admin'] });
  });

  test('disables a user, which ends their sessions, and enables them again', async () => {
    const { users, sessions, ada } = await withAda();
    const session = { id: unknownId, userId: ada.id, createTime: now, expireTime: new Date('2030-02-01') };
    await sessions.start(session, 'token');

    const disabled = await users.disable(ada.id, admin);

    expect(disabled.state).toBe('disabled');
    await expect(users.disable(ada.id, admin)).resolves.toEqual(disabled);
    const use = await sessions.useToken('token', now, () => undefined);
    expect(use?.session.endTime).toEqual(now);
    await expect(users.enable(ada.id, admin)).resolves.toMatchObject({ state: 'active' });
  });

  test('deletes a user for good', async () => {
    const { users, ada } = await withAda();

    await users.delete(ada.id, admin);

    const missing = { code: 'not_found', reason: 'USER_NOT_FOUND' };
    await expect(users.get(ada.id, admin)).rejects.toMatchObject(missing);
    await expect(users.update(ada.id, { displayName: 'Ghost' }, admin)).rejects.toMatchObject(missing);
    await expect(users.disable(ada.id, admin)).rejects.toMatchObject(missing);
    await expect(users.delete(ada.id, admin)).rejects.toMatchObject(missing);
  });

  test('lists page by page, and the last page says so', async () => {
    const { users, repository, ada } = await withAda();
    const older = newUser({ createTime: new Date(2000) });
    const oldest = newUser({ createTime: new Date(1000) });
    for (const user of [oldest, older]) await repository.insert(user, 'hash');

    const first = await users.list(2, admin);
    const second = await users.list(2, admin, first.next);

    expect(first.users).toEqual([ada, older]);
    expect(second).toEqual({ users: [oldest], next: undefined });
    await expect(users.list(3, admin)).resolves.toMatchObject({ next: undefined });
  });
});
