import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { keySet, type PublishedKey } from './key-set.ts';

const { publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });

function published(key: KeyObject, kid: string): PublishedKey {
  const { x = '', y = '' } = key.export({ format: 'jwk' });
  return { kid, kty: 'EC', crv: 'P-256', x, y };
}

describe('the key set', () => {
  beforeEach(() => void vi.useFakeTimers({ toFake: ['performance'] }));
  afterEach(() => void vi.useRealTimers());

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
    vi.advanceTimersByTime(1);
    await eager.keyFor('two');
    expect(source).toHaveBeenCalledTimes(3);
  });

  test('lets all wait who need a new key while it asks', async () => {
    const source = vi.fn(async () => [key]);
    const set = keySet(source);
    await set.keyFor('one');
    vi.advanceTimersByTime(10_001);
    source.mockResolvedValue([key, published(publicKey, 'two')]);

    const found = await Promise.all([set.keyFor('two'), set.keyFor('two'), set.keyFor('two')]);

    expect(found).not.toContain(undefined);
  });

  test('goes on with the last good keys while its source fails', async () => {
    const source = vi.fn(async () => [key]);
    const set = keySet(source, { maxAge: 0, cooldown: 0 });
    await set.keyFor('one');
    vi.advanceTimersByTime(1);

    source.mockRejectedValue(new Error('away'));

    await expect(set.keyFor('one')).resolves.toBeDefined();
    await expect(set.keyFor('one')).resolves.toBeDefined();
  });

  test('says that it is unavailable, and not that the token is bad, when it never had keys', async () => {
    const set = keySet(async () => Promise.reject(new Error('away')));

    await expect(set.keyFor('one')).rejects.toMatchObject({ code: 'unavailable', reason: 'KEYS_UNAVAILABLE' });
  });

  test('that never had keys asks again after a second, however many need one', async () => {
    const source = vi.fn(async () => [key]);
    source.mockRejectedValueOnce(new Error('away'));
    const set = keySet(source);
    const isFound = async () =>
      set.keyFor('one').then(
        () => true,
        () => false,
      );

    const before = [await isFound(), await isFound(), await isFound()];
    vi.advanceTimersByTime(1_001);

    expect(before).toEqual([false, false, false]);
    expect(source).toHaveBeenCalledTimes(1);
    expect(await isFound()).toBe(true);
  });
});
