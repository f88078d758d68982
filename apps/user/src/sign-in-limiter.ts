import { createHash } from 'node:crypto';
import { StatusError } from '@ko/endpoint';
import { RateLimiterPrisma, RateLimiterRes } from 'rate-limiter-flexible';
import type { SignInLimiter } from './auth-service.ts';
import type { PrismaClient } from './generated/prisma/client.ts';

export interface SignInLimits {
  /** Failures of one peer with one account until it has to wait. */
  readonly perAccount: number;
  /** Failures of one peer, whatever the accounts. */
  readonly perPeer: number;
  /** Milliseconds that a failure counts, from the first one on. */
  readonly window: number;
}

/**
 * Counts failed sign-ins in Postgres, by account and peer and by peer alone. An attempt counts before its password is
 * checked, so that many at once get no further than many in a row.
 */
export class PostgresSignInLimiter implements SignInLimiter {
  readonly #client: PrismaClient;
  readonly #accounts: RateLimiterPrisma;
  readonly #peers: RateLimiterPrisma;

  constructor(client: PrismaClient, { perAccount, perPeer, window }: SignInLimits) {
    const shared = { storeClient: client, tableName: 'signInAttempt', clearExpiredByTimeout: false };
    const duration = window / 1000;
    this.#client = client;
    this.#accounts = new RateLimiterPrisma({ ...shared, keyPrefix: 'account', points: perAccount, duration });
    this.#peers = new RateLimiterPrisma({ ...shared, keyPrefix: 'peer', points: perPeer, duration });
  }

  async attempt(email: string, peer: string): Promise<void> {
    await consume(this.#accounts, accountKey(email, peer));
    await consume(this.#peers, peer);
  }

  async succeeded(email: string, peer: string): Promise<void> {
    await Promise.all([this.#accounts.delete(accountKey(email, peer)), this.#peers.reward(peer)]);
  }

  /** Deletes what does not count any more. */
  async deleteExpired(before: Date): Promise<void> {
    await this.#client.signInAttempt.deleteMany({ where: { expire: { lt: before } } });
  }
}

async function consume(limiter: RateLimiterPrisma, key: string): Promise<void> {
  try {
    await limiter.consume(key);
  } catch (refusal) {
    if (!(refusal instanceof RateLimiterRes)) throw refusal;
    const retryAfter = refusal.msBeforeNext;
    const seconds = Math.ceil(retryAfter / 1000);
    throw new StatusError('resource_exhausted', `too many failed sign-ins: try again in ${seconds} seconds`, {
      reason: 'TOO_MANY_ATTEMPTS',
      retryAfter,
    });
  }
}

/** The table names no e-mail. */
function accountKey(email: string, peer: string): string {
  return `${createHash('sha256').update(email).digest('base64url')}:${peer}`;
}
