import type { KeyObject } from 'node:crypto';
import { StatusError, type Principal } from '@ko/endpoint';
import jwt, { type Algorithm, type JwtPayload } from 'jsonwebtoken';
import type { Scheme } from './authentication.ts';
import { BoundedCache } from './bounded-cache.ts';
import type { KeySet } from './key-set.ts';

export interface BearerOptions {
  /** The only `iss` that is taken. */
  readonly issuer: string;
  /** The `aud` that a token must name. */
  readonly audience: string;
  /** Signatures that are taken: asymmetric ones, so that who verifies cannot sign. */
  readonly algorithms?: readonly Extract<Algorithm, `${'ES' | 'RS' | 'PS'}${string}`>[];
  /** Verified tokens to remember. */
  readonly cacheSize?: number;
  /** Seconds that clocks may differ. */
  readonly clockTolerance?: number;
}

interface Verified {
  readonly token: string;
  readonly principal: Principal;
  /** What it was verified with: once that is no key any more, the token is good no more. */
  readonly kid: string;
  readonly key: KeyObject;
  /** Milliseconds since 1970. */
  readonly expires: number;
}

/** JWT bearer tokens (RFC 6750, RFC 7519), verified with the key that their header names. */
export function bearer(keys: KeySet, options: BearerOptions): Scheme {
  const { issuer, audience, algorithms = ['ES256'], cacheSize = 10_000, clockTolerance = 5 } = options;
  const known = new BoundedCache<Verified>(cacheSize);

  return {
    name: 'Bearer',
    authenticate(token) {
      const earlier = known.get(keyOf(token));
      // Another token may end alike.
      const isKnown = earlier?.token === token;
      const isGood = isKnown && earlier.expires > Date.now() && keys.has(earlier.kid, earlier.key);
      return isGood ? earlier.principal : authenticate(token);
    },
  };

  async function authenticate(token: string): Promise<Principal> {
    const verified = await verify(token);
    known.set(keyOf(token), verified);
    return verified.principal;
  }

  async function verify(token: string): Promise<Verified> {
    const kid = keyIdOf(token);
    if (kid === undefined) throw invalid('it is no JWT that names its key');
    const key = await keys.keyFor(kid);
    if (key === undefined) throw invalid('its key is not known');
    try {
      const payload = jwt.verify(token, key, { algorithms: [...algorithms], issuer, audience, clockTolerance });
      if (typeof payload === 'string') throw invalid('it has no claims');
      return { ...verifiedOf(payload), token, kid, key };
    } catch (error) {
      if (error instanceof jwt.TokenExpiredError) throw expired();
      // Not all that is wrong with a signature is a JsonWebTokenError.
      throw error instanceof StatusError ? error : invalid('it does not verify', error);
    }
  }

  function verifiedOf({ sub, exp, sid, roles }: JwtPayload): Pick<Verified, 'principal' | 'expires'> {
    if (sub === undefined || exp === undefined) throw invalid('it does not say who it is for, or until when');
    return {
      principal: {
        subject: sub,
        roles: Array.isArray(roles) ? roles.filter((role) => typeof role === 'string') : [],
        ...(typeof sid === 'string' && { session: sid }),
      },
      expires: (exp + clockTolerance) * 1000,
    };
  }
}

/** The id of the key that a token names; undefined when it names none, or is no JWT. */
function keyIdOf(token: string): string | undefined {
  try {
    return jwt.decode(token, { complete: true })?.header.kid;
  } catch {
    // Its claims are no JSON.
    return undefined;
  }
}

/** What a token is found by: the end of its signature. V8 takes long to hash all of it, and copies no more than 12 characters. */
function keyOf(token: string): string {
  return token.slice(-12);
}

function expired(): StatusError {
  const message = 'the access token has expired: get a new one with the refresh token';
  return new StatusError('unauthenticated', message, { reason: 'TOKEN_EXPIRED' });
}

function invalid(why: string, cause?: unknown): StatusError {
  const message = `the access token is not valid: ${why}; sign in again`;
  return new StatusError('unauthenticated', message, { reason: 'TOKEN_INVALID', cause });
}
