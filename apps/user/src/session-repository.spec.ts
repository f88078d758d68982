import { randomUUID } from 'node:crypto';
import { beforeEach, describe, expect, test } from 'vitest';
import type { Renewal, Session } from './auth-service.ts';
import { PostgresUserRepository } from './repository.ts';
import { PostgresSessionRepository } from './session-repository.ts';
import { newUser } from './testing/samples.ts';
import { useUserDatabase } from './testing/user-database.ts';

const client = useUserDatabase();
const ada = newUser();
const start = new Date('2030-01-01T00:00:00Z');
const later = new Date('2030-01-02T00:00:00Z');
const end = new Date('2030-02-01T00:00:00Z');
const never = (): undefined => undefined;

beforeEach(async () => {
  await new PostgresUserRepository(client()).insert(ada, 'hash');
});

async function started(tokenHash: string) {
  const sessions = new PostgresSessionRepository(client());
  const session: Session = { id: randomUUID(), userId: ada.id, createTime: start, expireTime: end };
  await sessions.start(session, tokenHash);
  return { sessions, session };
}

describe('the session repository', () => {
  test('knows the first use of a token from later ones', async () => {
    const { sessions, session } = await started('one');
    const renewal: Renewal = { tokenHash: 'two', expireTime: new Date('2030-03-01T00:00:00Z') };

    const first = await sessions.useToken('one', later, () => renewal);
    const again = await sessions.useToken('one', later, never);

    expect(first).toEqual({ first: true, session, user: ada });
    expect(again).toEqual({ first: false, session: { ...session, expireTime: renewal.expireTime }, user: ada });
    await expect(sessions.useToken('three', later, never)).resolves.toBeUndefined();
  });

  test('ends a session that gets no renewal, for its other tokens too', async () => {
    const { sessions, session } = await started('one');
    await sessions.useToken('one', start, () => ({ tokenHash: 'two', expireTime: end }));

    await sessions.useToken('one', later, never);

    const use = await sessions.useToken('two', later, never);
    expect(use?.session).toEqual({ ...session, endTime: later });
  });

  test('grants the first use of a token once, however many come at the same time', async () => {
    const { sessions } = await started('one');

    const uses = await Promise.all(
      ['a', 'b', 'c', 'd'].map((tokenHash) =>
        sessions.useToken('one', later, ({ first }) => (first ? { tokenHash, expireTime: end } : undefined)),
      ),
    );

    expect(uses.filter((use) => use?.first)).toHaveLength(1);
    const tokens = await client().refreshToken.findMany({ where: { useTime: null } });
    const next = await sessions.useToken(tokens[0]?.hash ?? '', later, never);
    expect(tokens).toHaveLength(1);
    expect(next?.session.endTime).toEqual(later);
  });

  test('leaves the token unused when its renewal cannot be stored', async () => {
    const { sessions } = await started('one');

    await expect(sessions.useToken('one', later, () => ({ tokenHash: 'one', expireTime: end }))).rejects.toThrow();

    await expect(sessions.useToken('one', later, never)).resolves.toMatchObject({ first: true });
  });

  test('ends one session or all of a user, and keeps the time of the first end', async () => {
    const { sessions, session: one } = await started('one');
    const { session: two } = await started('two');

    await sessions.end(one.id, start);
    await sessions.endAll(ada.id, later);

    await expect(sessions.useToken('one', later, never)).resolves.toMatchObject({
      session: { id: one.id, endTime: start },
    });
    await expect(sessions.useToken('two', later, never)).resolves.toMatchObject({
      session: { id: two.id, endTime: later },
    });
  });

  test('forgets the sessions of a deleted user', async () => {
    const { sessions } = await started('one');

    await new PostgresUserRepository(client()).delete(ada.id);

    await expect(sessions.useToken('one', later, never)).resolves.toBeUndefined();
  });

  test('deletes what has expired and keeps the rest', async () => {
    const { sessions } = await started('one');
    await sessions.useToken('one', start, () => ({ tokenHash: 'two', expireTime: end }));

    await sessions.deleteExpired(later);
    await expect(sessions.useToken('one', later, never)).resolves.toBeUndefined();
    await expect(sessions.useToken('two', later, never)).resolves.toMatchObject({ first: true });

    await sessions.deleteExpired(new Date(end.getTime() + 1));
    await expect(sessions.useToken('two', later, never)).resolves.toBeUndefined();
  });
});
