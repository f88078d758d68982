import { generateKeyPairSync, randomUUID, sign } from 'node:crypto';
import type { KeySource } from '@ko/middleware';
import { product } from '../product.ts';

/** Signs access tokens as the user service does, with a key of its own. */
export function createSigner() {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const kid = randomUUID();
  const { x = '', y = '' } = publicKey.export({ format: 'jwk' });
  const keys: KeySource = () => Promise.resolve([{ kid, kty: 'EC', crv: 'P-256', x, y }]);

  /** Metadata that proves somebody to be the subject. */
  function credentials(subject: string, { roles = [] }: { roles?: readonly string[] } = {}) {
    const now = Math.floor(Date.now() / 1000);
    const claims = {
      sub: subject,
      roles,
      sid: randomUUID(),
      iss: product.name,
      aud: product.name,
      iat: now,
      exp: now + 60,
      jti: randomUUID(),
    };
    const signed = [{ alg: 'ES256', typ: 'JWT', kid }, claims].map(encoded).join('.');
    const signature = sign('sha256', Buffer.from(signed), { key: privateKey, dsaEncoding: 'ieee-p1363' });
    return { authorization: `Bearer ${signed}.${signature.toString('base64url')}` };
  }

  return { keys, credentials };
}

function encoded(part: object): string {
  return Buffer.from(JSON.stringify(part)).toString('base64url');
}
