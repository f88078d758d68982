import { randomBytes, scrypt, timingSafeEqual } from 'node:crypto';

/** Costs after OWASP's Password Storage Cheat Sheet: 32 MiB and about a tenth of a second. */
const costs = { N: 2 ** 15, r: 8, p: 3 };
const length = 32;

/** A hash that can be stored: `scrypt$N$r$p$salt$hash`. Slow on purpose (RFC 7914). */
export async function hashPassword(password: string): Promise<string> {
  const salt = randomBytes(16);
  const hash = await derive(password, salt, costs);
  return ['scrypt', costs.N, costs.r, costs.p, salt.toString('base64url'), hash.toString('base64url')].join('$');
}

/** Whether the hash is the password's, in a time that does not depend on it. Throws when it is no hash of hashPassword. */
export async function verifyPassword(password: string, stored: string): Promise<boolean> {
  const [scheme, N, r, p, salt, hash] = stored.split('$');
  if (scheme !== 'scrypt' || salt === undefined || hash === undefined) throw new TypeError('not a hash of a password');
  const expected = Buffer.from(hash, 'base64url');
  const actual = await derive(password, Buffer.from(salt, 'base64url'), { N: Number(N), r: Number(r), p: Number(p) });
  return expected.length === actual.length && timingSafeEqual(expected, actual);
}

function derive(password: string, salt: Buffer, { N, r, p }: typeof costs): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    scrypt(password.normalize('NFKC'), salt, length, { N, r, p, maxmem: 256 * N * r }, (error, key) =>
      error === null ? resolve(key) : reject(error),
    );
  });
}
