import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { StatusError } from '@ko/endpoint';
import { normalEmail, type User } from './user.ts';

export interface SignIn {
  readonly email: string;
  readonly password: string;
  /** Where the attempt comes from. */
  readonly peer: string;
}

/** What proves a session. */
export interface Tokens {
  readonly accessToken: string;
  readonly accessTokenExpireTime: Date;
  /** Good for one `refresh`. */
  readonly refreshToken: string;
  readonly refreshTokenExpireTime: Date;
}

export interface Session {
  readonly id: string;
  readonly userId: string;
  readonly createTime: Date;
  /** When it ends by itself. */
  readonly expireTime: Date;
  /** When it was ended. */
  readonly endTime?: Date;
}

/** What the use of a refresh token has found. */
export interface TokenUse {
  /** Whether the token was not used before. */
  readonly first: boolean;
  readonly session: Session;
  readonly user: User;
}

/** What a session goes on with. */
export interface Renewal {
  readonly tokenHash: string;
  readonly expireTime: Date;
}

export interface Credentials {
  readonly user: User;
  readonly passwordHash: string;
}

export interface CredentialsRepository {
  findCredentials(email: string): Promise<Credentials | undefined>;
}

export interface SessionRepository {
  start(session: Session, tokenHash: string): Promise<void>;
  /**
   * Uses a refresh token up. In the same transaction its session gets the renewal that `decide` gives, or ends when it
   * gives none. Of several uses of one token exactly one is the first. Resolves to undefined when the token is unknown.
   */
  useToken(hash: string, now: Date, decide: (use: TokenUse) => Renewal | undefined): Promise<TokenUse | undefined>;
  end(id: string, now: Date): Promise<void>;
  endAll(userId: string, now: Date): Promise<void>;
}

/** Slows guessing down, in all instances of the service together. */
export interface SignInLimiter {
  /** Counts an attempt. Rejects with `resource_exhausted` when there were too many that did not succeed. */
  attempt(email: string, peer: string): Promise<void>;
  /** Takes the attempt back, and forgives the ones before it. */
  succeeded(email: string, peer: string): Promise<void>;
}

/** Makes what proves, for a short while and without asking here, who somebody is. */
export interface AccessTokenIssuer {
  issue(user: User, sessionId: string, now: Date): Promise<{ readonly token: string; readonly expireTime: Date }>;
}

export interface PasswordHashing {
  hash(plain: string): Promise<string>;
  verify(plain: string, hash: string): Promise<boolean>;
}

export interface AuthServiceDependencies {
  readonly credentials: CredentialsRepository;
  readonly sessions: SessionRepository;
  readonly limiter: SignInLimiter;
  readonly accessTokens: AccessTokenIssuer;
  readonly passwords: PasswordHashing;
}

export interface AuthServiceOptions {
  /** Milliseconds without a refresh after which a session ends by itself. */
  readonly sessionTtl: number;
  readonly now?: () => Date;
}

/** Sessions and their tokens. */
export class AuthService {
  readonly #dependencies: AuthServiceDependencies;
  readonly #sessionTtl: number;
  readonly #now: () => Date;
  /** What the password of an unknown user is compared with, so that the answer takes as long as for a known one. */
  readonly #nobodysHash: Promise<string>;

  constructor(dependencies: AuthServiceDependencies, { sessionTtl, now = () => new Date() }: AuthServiceOptions) {
    this.#dependencies = dependencies;
    this.#sessionTtl = sessionTtl;
    this.#now = now;
    this.#nobodysHash = dependencies.passwords.hash(newToken());
  }

  /**
   * Starts a session. Rejects with the same `unauthenticated` for an unknown e-mail, a wrong password and a disabled
   * user, and with `resource_exhausted` after too many failures.
   */
  async signIn({ email: spelling, password, peer }: SignIn): Promise<Tokens> {
    const { credentials, sessions, limiter, passwords } = this.#dependencies;
    const email = normalEmail(spelling);
    await limiter.attempt(email, peer);
    const known = await credentials.findCredentials(email);
    const matches = await passwords.verify(password, known?.passwordHash ?? (await this.#nobodysHash));
    if (known === undefined || !matches || known.user.state !== 'active') {
      throw new StatusError('unauthenticated', 'e-mail or password is wrong', { reason: 'CREDENTIALS_INVALID' });
    }
    await limiter.succeeded(email, peer);

    const now = this.#now();
    const refresh = this.#newRefreshToken(now);
    const session: Session = {
      id: randomUUID(),
      userId: known.user.id,
      createTime: now,
      expireTime: refresh.expireTime,
    };
    const tokens = await this.#tokens({ user: known.user, sessionId: session.id, refresh, now });
    await sessions.start(session, refresh.tokenHash);
    return tokens;
  }

  /**
   * Gives new tokens for a refresh token and uses it up. A second use, be it at the same time, means that somebody else
   * has the token: it ends the session, whoever was first. Rejects with `unauthenticated` then and ever after.
   */
  async refresh(token: string): Promise<Tokens> {
    const now = this.#now();
    const refresh = this.#newRefreshToken(now);
    const goesOn = ({ first, session, user }: TokenUse) =>
      first && session.endTime === undefined && now < session.expireTime && user.state === 'active';

    const use = await this.#dependencies.sessions.useToken(hashOf(token), now, (found) =>
      goesOn(found) ? refresh : undefined,
    );

    if (use === undefined) {
      throw new StatusError(
        'unauthenticated',
        'this is no refresh token of ours, or its session ended long ago: sign in',
        {
          reason: 'REFRESH_TOKEN_UNKNOWN',
        },
      );
    }
    if (!goesOn(use)) {
      throw new StatusError('unauthenticated', 'the session has ended: sign in again', { reason: 'SESSION_ENDED' });
    }
    return this.#tokens({ user: use.user, sessionId: use.session.id, refresh, now });
  }

  /** Ends a session; ending it twice is the same as once. Access tokens that are out run until they expire. */
  async signOut(sessionId: string): Promise<void> {
    await this.#dependencies.sessions.end(sessionId, this.#now());
  }

  /** Ends all sessions of a user. */
  async signOutEverywhere(userId: string): Promise<void> {
    await this.#dependencies.sessions.endAll(userId, this.#now());
  }

  async #tokens({ user, sessionId, refresh, now }: Proof): Promise<Tokens> {
    const access = await this.#dependencies.accessTokens.issue(user, sessionId, now);
    return {
      accessToken: access.token,
      accessTokenExpireTime: access.expireTime,
      refreshToken: refresh.token,
      refreshTokenExpireTime: refresh.expireTime,
    };
  }

  #newRefreshToken(now: Date): RefreshToken {
    const token = newToken();
    return { token, tokenHash: hashOf(token), expireTime: new Date(now.getTime() + this.#sessionTtl) };
  }
}

interface RefreshToken extends Renewal {
  readonly token: string;
}

interface Proof {
  readonly user: User;
  readonly sessionId: string;
  readonly refresh: RefreshToken;
  readonly now: Date;
}

function newToken(): string {
  return randomBytes(32).toString('base64url');
}

function hashOf(token: string): string {
  return createHash('sha256').update(token).digest('base64url');
}
