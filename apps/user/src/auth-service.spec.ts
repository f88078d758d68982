import { beforeEach, describe, expect, test } from 'vitest';
import { AuthService, type PasswordHashing } from './auth-service.ts';
import { PostgresUserRepository } from './repository.ts';
import { PostgresSessionRepository } from './session-repository.ts';
import { PostgresSignInLimiter } from './sign-in-limiter.ts';
import { Clock } from './testing/clock.ts';
import { newUser } from './testing/samples.ts';
import { useUserDatabase } from './testing/user-database.ts';

const client = useUserDatabase();
const day = 86_400_000;
const ada = newUser({ email: 'ada@example.com' });
const rightly = { email: ada.email, password: 'correct-horse-battery', peer: '192.0.2.1' };
const wrongly = { ...rightly, password: 'wrong-horse-battery' };
const invalid = { code: 'unauthenticated', reason: 'CREDENTIALS_INVALID' };
const ended = { code: 'unauthenticated', reason: 'SESSION_ENDED' };
const refused = { code: 'resource_exhausted', reason: 'TOO_MANY_ATTEMPTS' };
/** The real one is slow on purpose, and has tests of its own. */
const quick: PasswordHashing = {
  hash: async (plain) => `hash of ${plain}`,
  verify: async (plain, hash) => hash === `hash of ${plain}`,
};

beforeEach(async () => {
  await new PostgresUserRepository(client()).insert(ada, await quick.hash(rightly.password));
});

interface Differences {
  readonly passwords?: PasswordHashing;
  readonly perAccount?: number;
  readonly perPeer?: number;
}

function service(differences: Differences = {}) {
  const { passwords = quick, perAccount = 3, perPeer = 5 } = differences;
  const clock = new Clock();
  const users = new PostgresUserRepository(client());
  const auth = new AuthService(
    {
      credentials: users,
      sessions: new PostgresSessionRepository(client()),
      limiter: new PostgresSignInLimiter(client(), { perAccount, perPeer, window: 900_000 }),
      accessTokens: {
        issue: async (user, sessionId, now) => ({ token: `${user.id} ${sessionId}`, expireTime: now }),
      },
      passwords,
    },
    { sessionTtl: 30 * day, now: clock.now },
  );
  return { auth, clock, users };
}

function sessionOf({ accessToken }: { readonly accessToken: string }): string {
  return accessToken.split(' ')[1] ?? '';
}

describe('signing in', () => {
  test('starts a session each time, with the e-mail in any case', async () => {
    const { auth, clock } = service();

    const one = await auth.signIn(rightly);
    const two = await auth.signIn({ ...rightly, email: 'ADA@Example.com' });

    expect(one.accessToken).toContain(ada.id);
    expect(one.refreshTokenExpireTime).toEqual(new Date(clock.now().getTime() + 30 * day));
    expect(sessionOf(two)).not.toBe(sessionOf(one));
    expect(two.refreshToken).not.toBe(one.refreshToken);
  });

  test('says the same of an unknown e-mail, a wrong password and a disabled user, after the same work', async () => {
    const verified: string[] = [];
    const verify = async (plain: string, hash: string) => {
      verified.push(hash);
      return quick.verify(plain, hash);
    };
    const { auth, users } = service({ passwords: { ...quick, verify } });

    const failures = [auth.signIn(wrongly), auth.signIn({ ...rightly, email: 'nobody@example.com' })];
    await Promise.allSettled(failures);
    await users.update(ada.id, { state: 'disabled' });
    failures.push(auth.signIn(rightly));

    const errors = await Promise.all(failures.map((failure) => failure.catch((error: unknown) => error)));
    expect(errors).toEqual([errors[0], errors[0], errors[0]]);
    expect(errors[0]).toMatchObject(invalid);
    expect(verified).toHaveLength(3);
  });

  test('is refused after too many failures with one account, with the right password too, for this peer', async () => {
    const { auth } = service();
    for (let failure = 0; failure < 3; failure++) await expect(auth.signIn(wrongly)).rejects.toMatchObject(invalid);

    const error = await auth.signIn(rightly).catch((reason: unknown) => reason);

    expect(error).toMatchObject(refused);
    expect(error).toHaveProperty('retryAfter', expect.closeTo(900_000, -5));
    await expect(auth.signIn({ ...rightly, peer: '192.0.2.2' })).resolves.toBeDefined();
  });

  test('counts failures that come at once like failures in a row', async () => {
    const { auth } = service();

    const attempts = Array.from({ length: 10 }, () => auth.signIn(wrongly));
    const outcomes = await Promise.allSettled(attempts);

    const reasons = outcomes.map((outcome) => (outcome.status === 'rejected' ? String(outcome.reason) : 'in'));
    expect(reasons.filter((reason) => reason.includes('password is wrong'))).toHaveLength(3);
  });

  test('forgives earlier failures when it succeeds', async () => {
    const { auth } = service({ perPeer: 50 });

    for (let round = 0; round < 3; round++) {
      await expect(auth.signIn(wrongly)).rejects.toMatchObject(invalid);
      await expect(auth.signIn(wrongly)).rejects.toMatchObject(invalid);
      await expect(auth.signIn(rightly)).resolves.toBeDefined();
    }
  });

  test('is refused to a peer that fails with many accounts, whose successes do not count', async () => {
    const { auth } = service();
    for (let guess = 0; guess < 5; guess++) {
      await auth.signIn(rightly);
      await expect(auth.signIn({ ...wrongly, email: `${guess}@example.com` })).rejects.toMatchObject(invalid);
    }

    await expect(auth.signIn({ ...wrongly, email: 'last@example.com' })).rejects.toMatchObject(refused);
    await expect(auth.signIn({ ...rightly, peer: '192.0.2.2' })).resolves.toBeDefined();
  });
});

describe('a refresh', () => {
  test('gives new tokens for the same session and moves its end', async () => {
    const { auth, clock } = service();
    const first = await auth.signIn(rightly);
    clock.pass(20 * day);

    const second = await auth.refresh(first.refreshToken);
    clock.pass(20 * day);
    const third = await auth.refresh(second.refreshToken);

    expect(new Set([first, second, third].map(sessionOf)).size).toBe(1);
    expect(new Set([first, second, third].map(({ refreshToken }) => refreshToken)).size).toBe(3);
    expect(third.refreshTokenExpireTime).toEqual(new Date(clock.now().getTime() + 30 * day));
  });

  test('with a token that was used ends the session', async () => {
    const { auth } = service();
    const first = await auth.signIn(rightly);
    const second = await auth.refresh(first.refreshToken);

    await expect(auth.refresh(first.refreshToken)).rejects.toMatchObject(ended);

    await expect(auth.refresh(second.refreshToken)).rejects.toMatchObject(ended);
  });

  test('that comes twice at once succeeds once, and ends the session', async () => {
    const { auth } = service();
    const { refreshToken } = await auth.signIn(rightly);

    const outcomes = await Promise.allSettled([auth.refresh(refreshToken), auth.refresh(refreshToken)]);

    const winners = outcomes.filter((outcome) => outcome.status === 'fulfilled');
    expect(winners).toHaveLength(1);
    await expect(auth.refresh(winners[0]?.value.refreshToken ?? '')).rejects.toMatchObject(ended);
  });

  test('is refused after the session expired, was signed out, or its user was disabled', async () => {
    const { auth, clock, users } = service();
    const [expired, signedOut] = [await auth.signIn(rightly), await auth.signIn(rightly)];
    await auth.signOut(sessionOf(signedOut));
    await expect(auth.refresh(signedOut.refreshToken)).rejects.toMatchObject(ended);

    clock.pass(30 * day);
    await expect(auth.refresh(expired.refreshToken)).rejects.toMatchObject(ended);

    const disabled = await auth.signIn(rightly);
    await users.update(ada.id, { state: 'disabled' });
    await expect(auth.refresh(disabled.refreshToken)).rejects.toMatchObject(ended);
  });

  test('is refused with a token that nobody was given', async () => {
    const { auth } = service();

    const unknown = { code: 'unauthenticated', reason: 'REFRESH_TOKEN_UNKNOWN' };
    await expect(auth.refresh('made up')).rejects.toMatchObject(unknown);
  });
});

describe('signing out', () => {
  test('ends this session and leaves the others', async () => {
    const { auth } = service();
    const [here, there] = [await auth.signIn(rightly), await auth.signIn(rightly)];

    await auth.signOut(sessionOf(here));
    await auth.signOut(sessionOf(here));

    await expect(auth.refresh(here.refreshToken)).rejects.toMatchObject(ended);
    await expect(auth.refresh(there.refreshToken)).resolves.toBeDefined();
  });

  test('everywhere ends all sessions', async () => {
    const { auth } = service();
    const [here, there] = [await auth.signIn(rightly), await auth.signIn(rightly)];

    await auth.signOutEverywhere(ada.id);

    await expect(auth.refresh(here.refreshToken)).rejects.toMatchObject(ended);
    await expect(auth.refresh(there.refreshToken)).rejects.toMatchObject(ended);
  });
});
