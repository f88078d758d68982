import type { AuthService } from '@ko/contracts/user';
import { createContext, type Client } from '@ko/endpoint';
import { basic, bearer, keySet, type BasicAccount, type KeySource, type Scheme } from '@ko/middleware';
import { z } from 'zod';
import { product } from './product.ts';
import { secret, type Secret } from './secret.ts';

/** Whose credentials a process takes. */
export const accessConfig = z.object({
  /** Who signs the access tokens (`iss`). */
  TOKEN_ISSUER: z.string().min(1).default(product.name),
  /** Whom the access tokens are for (`aud`). */
  TOKEN_AUDIENCE: z.string().min(1).default(product.name),
  /** Accounts for machines, by HTTP Basic: `name:role|role:hash`, separated by spaces; the hash as `npm run hash` prints it. */
  BASIC_ACCOUNTS: secret().optional(),
});

export type AccessConfig = z.infer<typeof accessConfig>;

/** The ways to prove who one is: JWT bearer tokens that the keys verify, and the accounts of the config. */
export function accessSchemes(config: AccessConfig, keys: KeySource): readonly Scheme[] {
  const tokens = bearer(keySet(keys), { issuer: config.TOKEN_ISSUER, audience: config.TOKEN_AUDIENCE });
  return config.BASIC_ACCOUNTS === undefined ? [tokens] : [tokens, basic(parseAccounts(config.BASIC_ACCOUNTS))];
}

function parseAccounts(accounts: Secret): readonly BasicAccount[] {
  return accounts
    .reveal()
    .split(/\s+/)
    .filter((account) => account !== '')
    .map((account) => {
      const [name = '', roles = '', passwordHash = ''] = account.split(':');
      if (name === '' || passwordHash === '')
        throw new TypeError('BASIC_ACCOUNTS: each account is name:role|role:hash');
      return { name, roles: roles.split('|').filter((role) => role !== ''), passwordHash };
    });
}

/** The keys that the user service publishes, asked for through its contract. */
export function remoteKeys(auth: Client<typeof AuthService>): KeySource {
  return async (signal) => {
    const { keys } = await auth.getKeySet({}, createContext({ signal }));
    return keys.map(({ kid, kty, crv, x, y }) => ({ kid, kty, crv, x, y }));
  };
}
