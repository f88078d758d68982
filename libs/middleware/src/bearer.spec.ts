import { createHmac, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { StatusError } from '@ko/endpoint';
import jwt from 'jsonwebtoken';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { bearer } from './bearer.ts';
import { keySet, type PublishedKey } from './key-set.ts';

const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const stranger = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const keys = keySet(async () => [published(publicKey, 'one')], { cooldown: 0 });
const scheme = bearer(keys, { issuer: 'ko', audience: 'ko', clockTolerance: 0 });

function published(key: KeyObject, kid: string): PublishedKey {
  const { x = '', y = '' } = key.export({ format: 'jwk' });
  return { kid, kty: 'EC', crv: 'P-256', x, y };
}

function token(claims: object = {}, { key = privateKey, kid = 'one' }: { key?: KeyObject; kid?: string } = {}): string {
  const body = { sub: 'users/ada', roles: ['admin'], sid: 's1', iss: 'ko', aud: 'ko', ...claims };
  const expires = 'exp' in claims ? {} : { expiresIn: 60 };
  return jwt.sign(body, key, { algorithm: 'ES256', keyid: kid, ...expires });
}

function encode(part: object): string {
  return Buffer.from(JSON.stringify(part)).toString('base64url');
}

afterEach(() => void vi.useRealTimers());

describe('a bearer token', () => {
  test('says who makes the request', async () => {
    await expect(scheme.authenticate(token())).resolves.toEqual({
      subject: 'users/ada',
      roles: ['admin'],
      session: 's1',
    });
  });

  test('is refused when it has expired, and says so', async () => {
    const expired = token({ exp: Math.floor(Date.now() / 1000) - 1 });

    await expect(scheme.authenticate(expired)).rejects.toMatchObject({
      code: 'unauthenticated',
      reason: 'TOKEN_EXPIRED',
    });
  });

  test('is refused once it has expired, though it was good before', async () => {
    vi.useFakeTimers({ toFake: ['Date'] });
    const good = token();
    await scheme.authenticate(good);

    vi.setSystemTime(Date.now() + 61_000);

    await expect(scheme.authenticate(good)).rejects.toMatchObject({ reason: 'TOKEN_EXPIRED' });
  });

  test('is refused once its key is withdrawn, or is another one, though it was good before', async () => {
    const good = published(publicKey, 'one');
    let current = [good];
    const rotating = bearer(
      keySet(async () => current, { maxAge: 0, cooldown: 0 }),
      { issuer: 'ko', audience: 'ko' },
    );
    const own = token();
    const outcome = async () => {
      try {
        await rotating.authenticate(own);
        return 'good';
      } catch (error) {
        return StatusError.from(error).reason;
      }
    };

    await expect.poll(outcome).toBe('good');
    current = [];
    await expect.poll(outcome).toBe('TOKEN_INVALID');
    current = [good];
    await expect.poll(outcome).toBe('good');
    current = [published(stranger.publicKey, 'one')];
    await expect.poll(outcome).toBe('TOKEN_INVALID');
  });

  test('is verified once, also when the keys are asked for again', async () => {
    const set = keySet(async () => [published(publicKey, 'one')], { maxAge: 0, cooldown: 0 });
    const remembering = bearer(set, { issuer: 'ko', audience: 'ko' });
    const good = token();
    const principal = await remembering.authenticate(good);
    await set.keyFor('one');
    await new Promise(setImmediate);

    expect(remembering.authenticate(good)).toBe(principal);
  });

  test('is refused when it only ends as one that was good before', async () => {
    const good = token();
    await scheme.authenticate(good);
    const [header = '', , signature = ''] = good.split('.');
    const body = encode({ sub: 'users/eve', exp: 9e9, iss: 'ko', aud: 'ko' });

    await expect(scheme.authenticate(`${header}.${body}.${signature}`)).rejects.toMatchObject({
      reason: 'TOKEN_INVALID',
    });
    expect(scheme.authenticate(good)).toMatchObject({ subject: 'users/ada' });
  });

  const confused = `${encode({ alg: 'HS256', typ: 'JWT', kid: 'one' })}.${token().split('.')[1] ?? ''}`;
  const pem = publicKey.export({ type: 'spki', format: 'pem' });
  test.each([
    ['signed by another key', token({}, { key: stranger.privateKey })],
    ['signed by a key nobody published', token({}, { kid: 'two' })],
    ['of another issuer', token({ iss: 'other' })],
    ['for another audience', token({ aud: 'other' })],
    ['without an end', jwt.sign({ sub: 'x', iss: 'ko', aud: 'ko' }, privateKey, { algorithm: 'ES256', keyid: 'one' })],
    ['without a subject', token({ sub: undefined })],
    ['not signed', `${encode({ alg: 'none', kid: 'one' })}.${encode({ sub: 'users/ada', exp: 9e9 })}.`],
    [
      'signed with the public key as a secret',
      `${confused}.${createHmac('sha256', pem).update(confused).digest('base64url')}`,
    ],
    ['with a signature that is cut off', token().slice(0, -3)],
    ['whose claims are no JSON', token().replace(/\.[\w-]+/, `.${Buffer.from('{').toString('base64url')}`)],
    ['that is none', 'x'],
    ['that is empty', ''],
  ])('is refused when it is one %s', async (_, bad) => {
    await expect(scheme.authenticate(bad)).rejects.toMatchObject({ code: 'unauthenticated', reason: 'TOKEN_INVALID' });
  });
});
