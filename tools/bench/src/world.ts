import { generateKeyPairSync, randomBytes, randomUUID } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import jwt from 'jsonwebtoken';

export type TokenKind = 'HS256' | 'ES256' | 'none';

interface User {
  readonly id: string;
  readonly email: string;
  readonly displayName: string;
}

/** The users that all who are measured know, and what their tokens are signed with. */
export interface World {
  readonly users: readonly User[];
  /** A user whose message is a megabyte long. */
  readonly largeUser: User;
  readonly usersFile: string;
  readonly keySetFile: string;
  readonly secret: string;
  readonly issuer: string;
  readonly audience: string;
  /** The token of a user. */
  token(id: string, kind: Exclude<TokenKind, 'none'>): string;
}

const tokenLifetime = 10 * 3_600;

/** Makes users and keys, and writes what processes need of them to files in the folder. */
export function createWorld(folder: string, count = 1_000): World {
  const users = Array.from({ length: count }, (_, index) => newUser(`user${index}@example.com`, `User ${index}`));
  const largeUser = newUser('large@example.com', 'x'.repeat(1_000_000));
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const secret = randomBytes(32).toString('hex');
  const usersFile = join(folder, 'users.json');
  const keySetFile = join(folder, 'keys.json');
  const kid = 'bench';
  writeFileSync(usersFile, JSON.stringify([...users, largeUser]));
  writeFileSync(keySetFile, JSON.stringify({ keys: [{ kid, ...publicKey.export({ format: 'jwk' }) }] }));
  const [issuer, audience] = ['bench', 'bench'];

  return {
    ...{ users, largeUser, usersFile, keySetFile, secret, issuer, audience },
    token(id, kind) {
      const iat = Math.floor(Date.now() / 1_000);
      const claims = {
        sub: `users/${id}`,
        sid: randomUUID(),
        jti: randomUUID(),
        roles: [],
        iat,
        exp: iat + tokenLifetime,
      };
      const options = { algorithm: kind, keyid: kid, issuer, audience } as const;
      return jwt.sign(claims, kind === 'HS256' ? secret : privateKey, options);
    },
  };
}

function newUser(email: string, displayName: string): User {
  return { id: randomUUID(), email, displayName };
}
