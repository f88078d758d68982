import { createPublicKey, sign, verify } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { PostgresKeyRepository } from './key-repository.ts';
import { KeyService, type PublicKey } from './key-service.ts';
import { Clock } from './testing/clock.ts';
import { useUserDatabase } from './testing/user-database.ts';

const client = useUserDatabase();
const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;
const secret = 'a secret that is long enough to seal';

function keyService(clock: Clock, sealedWith = secret): KeyService {
  const options = { rotation: 30 * day, lead: hour, tokenTtl: 15 * minute, now: clock.now };
  return new KeyService(new PostgresKeyRepository(client()), sealedWith, options);
}

async function publishedIds(keys: KeyService): Promise<string[]> {
  return (await keys.published()).map(({ kid }) => kid);
}

function jwk(key: PublicKey | undefined) {
  return createPublicKey({ key: { ...key }, format: 'jwk' });
}

describe('signing keys', () => {
  test('are ES256 keys, of which only the public half is published', async () => {
    const keys = keyService(new Clock());

    const [published, ...others] = await keys.published();
    const { kid, privateKey } = await keys.signing();

    expect(others).toEqual([]);
    expect(published).toMatchObject({ kty: 'EC', crv: 'P-256', alg: 'ES256', use: 'sig', kid });
    expect(published).not.toHaveProperty('d');
    const signature = sign('sha256', Buffer.from('claims'), privateKey);
    expect(verify('sha256', Buffer.from('claims'), jwk(published), signature)).toBe(true);
  });

  test('are the same for instances that start at once', async () => {
    const clock = new Clock();
    const instances = Array.from({ length: 5 }, () => keyService(clock));

    const ids = await Promise.all(instances.map(async (keys) => (await keys.signing()).kid));

    expect(new Set(ids).size).toBe(1);
    await expect(client().signingKey.count()).resolves.toBe(1);
  });

  test('are published ahead of signing, and stay until what they signed has expired', async () => {
    const clock = new Clock();
    const keys = keyService(clock);
    const { kid: old } = await keys.signing();

    clock.pass(30 * day - hour);
    const [, next] = await publishedIds(keys);
    expect(next).toBeDefined();
    expect((await keys.signing()).kid).toBe(old);

    clock.pass(hour);
    expect((await keys.signing()).kid).toBe(next);
    expect(await publishedIds(keys)).toEqual([old, next]);

    clock.pass(20 * minute);
    expect(await publishedIds(keys)).toEqual([next]);
  });

  test('are published ahead of signing also when nothing ran while it was time', async () => {
    const clock = new Clock();
    const { kid: old } = await keyService(clock).signing();

    clock.pass(365 * day);
    const keys = keyService(clock);

    expect((await keys.signing()).kid).toBe(old);
    const ids = await publishedIds(keys);
    expect(ids).toEqual([old, expect.any(String)]);
    clock.pass(hour);
    expect((await keys.signing()).kid).toBe(ids[1]);
  });

  test('rotate once for instances that do it at once, and those that did not hear of it in time follow', async () => {
    const clock = new Clock();
    const instances = Array.from({ length: 4 }, () => keyService(clock));
    await Promise.all(instances.map((keys) => keys.signing()));

    clock.pass(30 * day - hour);
    await Promise.all(instances.slice(1).map((keys) => keys.maintain()));
    clock.pass(hour);

    const ids = await Promise.all(instances.map(async (keys) => (await keys.signing()).kid));
    expect(new Set(ids).size).toBe(1);
    await expect(client().signingKey.count()).resolves.toBe(2);
  });

  test('are deleted when they verify nothing any more', async () => {
    const clock = new Clock();
    const keys = keyService(clock);
    await keys.signing();
    clock.pass(30 * day - hour);
    await keys.maintain();
    clock.pass(hour);
    await keys.maintain();
    await expect(client().signingKey.count()).resolves.toBe(2);

    clock.pass(20 * minute);
    await keys.maintain();

    await expect(client().signingKey.count()).resolves.toBe(1);
    await expect(keys.signing()).resolves.toBeDefined();
  });

  test('open with the secret that sealed them only, and the error says so to operators, not to callers', async () => {
    const clock = new Clock();
    await keyService(clock).signing();

    const signing = keyService(clock, 'another secret that is long enough').signing();

    await expect(signing).rejects.toMatchObject({
      code: 'internal',
      message: 'the signing key cannot be opened',
      cause: { message: expect.stringContaining('KEY_SECRET does not open signing key') as string },
    });
  });

  test('are not mixed with keys under another secret when it is time to rotate', async () => {
    const clock = new Clock();
    await keyService(clock).signing();
    clock.pass(30 * day);

    await expect(keyService(clock, 'another secret that is long enough').maintain()).rejects.toThrow(
      'cannot be opened',
    );

    await expect(client().signingKey.count()).resolves.toBe(1);
  });
});
