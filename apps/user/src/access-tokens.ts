import { randomUUID } from 'node:crypto';
import jwt from 'jsonwebtoken';
import type { AccessTokenIssuer } from './auth-service.ts';
import type { SigningKey } from './key-service.ts';
import type { User } from './user.ts';

export interface AccessTokenOptions {
  readonly issuer: string;
  readonly audience: string;
  /** Milliseconds that a token is good for. */
  readonly ttl: number;
}

/** Access tokens: JWTs (RFC 7519), signed with ES256 by the key that is current. */
export class AccessTokens implements AccessTokenIssuer {
  readonly #signingKey: () => Promise<SigningKey>;
  readonly #options: AccessTokenOptions;

  constructor(signingKey: () => Promise<SigningKey>, options: AccessTokenOptions) {
    this.#signingKey = signingKey;
    this.#options = options;
  }

  async issue({ id, roles }: User, sessionId: string, now: Date): Promise<{ token: string; expireTime: Date }> {
    const { issuer: iss, audience: aud, ttl } = this.#options;
    const { kid, privateKey } = await this.#signingKey();
    const iat = Math.floor(now.getTime() / 1000);
    const exp = iat + Math.floor(ttl / 1000);
    const claims = { sub: `users/${id}`, roles, sid: sessionId, iss, aud, iat, exp, jti: randomUUID() };
    const token = jwt.sign(claims, privateKey, { algorithm: 'ES256', keyid: kid });
    return { token, expireTime: new Date(exp * 1000) };
  }
}
