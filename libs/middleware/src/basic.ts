import { hash } from 'node:crypto';
import { StatusError, type Principal } from '@ko/endpoint';
import type { Scheme } from './authentication.ts';
import { BoundedCache } from './bounded-cache.ts';
import { hashPassword, verifyPassword } from './password.ts';

/** An account that signs in with each request: another program rather than a person. */
export interface BasicAccount {
  readonly name: string;
  readonly roles: readonly string[];
  /** As hashPassword makes it. */
  readonly passwordHash: string;
}

export interface BasicOptions {
  /** Milliseconds that good credentials are remembered, so that not every request pays for the hash. */
  readonly remember?: number;
}

/** HTTP Basic (RFC 7617) for a fixed set of accounts. Their subject is `accounts/{name}`. */
export function basic(accounts: readonly BasicAccount[], { remember = 60_000 }: BasicOptions = {}): Scheme {
  const byName = new Map(accounts.map((account) => [account.name, account]));
  const known = new BoundedCache<{ principal: Principal; until: number }>(1_000);
  let decoy: Promise<string> | undefined;

  return {
    name: 'Basic',
    async authenticate(credentials) {
      const id = hash('sha256', credentials, 'base64');
      const earlier = known.get(id);
      if (earlier !== undefined && earlier.until > Date.now()) return earlier.principal;
      const principal = await verify(Buffer.from(credentials, 'base64').toString('utf8'));
      known.set(id, { principal, until: Date.now() + remember });
      return principal;
    },
  };

  async function verify(userPass: string): Promise<Principal> {
    const colon = userPass.indexOf(':');
    const account = colon < 0 ? undefined : byName.get(userPass.slice(0, colon));
    // An unknown name takes as long as a wrong password.
    decoy ??= hashPassword('decoy');
    const good = await verifyPassword(userPass.slice(colon + 1), account?.passwordHash ?? (await decoy));
    if (account === undefined || !good) {
      throw new StatusError('unauthenticated', 'wrong name or password', { reason: 'CREDENTIALS_INVALID' });
    }
    return { subject: `accounts/${account.name}`, roles: account.roles };
  }
}
