import { readFileSync } from 'node:fs';
import type { MessageInitShape } from '@bufbuild/protobuf';
import { timestampFromDate } from '@bufbuild/protobuf/wkt';
import { User_State, type AuthService, type UserSchema, type UserService } from '@ko/contracts/user';
import { StatusError, type Endpoints } from '@ko/endpoint';
import type { PublishedKey } from '@ko/middleware';
import { z } from 'zod';

/** Where processes find what they are to know. */
export const memoryConfig = z.object({
  /** JSON: an array of `{ id, email, displayName }`. */
  USERS_FILE: z.string(),
  /** JSON: `{ keys: [JWK] }`. */
  KEY_SET_FILE: z.string(),
});

interface User {
  readonly id: string;
  readonly email: string;
  readonly displayName: string;
}

/** What a service without a database knows. */
export interface Memory {
  readonly users: ReadonlyMap<string, User>;
  readonly keys: readonly PublishedKey[];
  readonly since: Date;
}

export function readMemory({ USERS_FILE, KEY_SET_FILE }: z.infer<typeof memoryConfig>): Memory {
  const users = JSON.parse(readFileSync(USERS_FILE, 'utf8')) as readonly User[]; // written by the harness
  const { keys } = JSON.parse(readFileSync(KEY_SET_FILE, 'utf8')) as { readonly keys: readonly PublishedKey[] };
  return { users: new Map(users.map((user) => [`users/${user.id}`, user])), keys, since: new Date() };
}

/** The users that can be had; nothing can be done to them. */
export function usersFromMemory({ users, since }: Memory): Endpoints<typeof UserService> {
  return {
    getUser: async ({ name }) => {
      const user = users.get(name);
      if (user === undefined) throw new StatusError('not_found', `there is no ${name}`);
      return toMessage(user, since);
    },
    ...{ createUser: refused, updateUser: refused, listUsers: refused },
    ...{ disableUser: refused, enableUser: refused, deleteUser: refused },
  };
}

/** The keys that verify access tokens; nobody can sign in. */
export function authFromMemory({ keys }: Memory): Endpoints<typeof AuthService> {
  return {
    getKeySet: async () => ({ keys: [...keys] }),
    ...{ signIn: refused, refreshTokens: refused, signOut: refused },
  };
}

async function refused(): Promise<never> {
  throw new StatusError('unimplemented', 'this service has users to look at only');
}

function toMessage({ id, email, displayName }: User, since: Date): MessageInitShape<typeof UserSchema> {
  return {
    name: `users/${id}`,
    email,
    displayName,
    state: User_State.ACTIVE,
    roles: [],
    createTime: timestampFromDate(since),
    updateTime: timestampFromDate(since),
  };
}
