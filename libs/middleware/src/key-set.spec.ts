import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { describe, expect, test, vi } from 'vitest';
import { keySet, type PublishedKey } from './key-set.ts';

const { publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });

function published(key: KeyObject, kid: string): PublishedKey {
  const { x = '', y = '' } = key.export({ format: 'jwk' });
  return { kid, kty: 'EC', crv: 'P-256', x, y };
}

describe('the key set', () => {
  const key = published(publicKey, 'one');

  test('asks its source once for all who wait', async () => {
    const source = vi.fn(async () => [key]);
    const set = keySet(source);

    await Promise.all([set.keyFor('one'), set.keyFor('one')]);
    await set.keyFor('one');

    expect(source).toHaveBeenCalledTimes(1);
  });

  test('asks again for an id it does not know, but not all the time', async () => {
    const source = vi.fn(async () => [key]);
    const set = keySet(source, { cooldown: 10_000 });
    await set.keyFor('one');

    await expect(set.keyFor('two')).resolves.toBeUndefined();

    expect(source).toHaveBeenCalledTimes(1);
    const eager = keySet(source, { cooldown: 0 });
    await eager.keyFor('one');
    await eager.keyFor('two');
    expect(source).toHaveBeenCalledTimes(3);
  });

  test('goes on with the last good keys while its source fails', async () => {
    const source = vi.fn(async () => [key]);
    const set = keySet(source, { maxAge: 0, cooldown: 0 });
    await set.keyFor('one');

    source.mockRejectedValue(new Error('away'));

    await expect(set.keyFor('one')).resolves.toBeDefined();
    await expect(set.keyFor('one')).resolves.toBeDefined();
  });

  test('says that it is unavailable, and not that the token is bad, when it never had keys', async () => {
    const set = keySet(async () => Promise.reject(new Error('away')));

    await expect(set.keyFor('one')).rejects.toMatchObject({ code: 'unavailable', reason: 'KEYS_UNAVAILABLE' });
  });
});
