import { randomUUID } from 'node:crypto';
import { StatusError } from '@ko/endpoint';
import { normalEmail, type Caller, type Role, type User } from './user.ts';

export interface NewUser {
  readonly email: string;
  readonly password: string;
  readonly displayName: string;
}

/** New values of some fields. */
export interface UserChanges {
  readonly displayName?: string;
  readonly roles?: readonly Role[];
}

/** A place in the list of users: behind the user with this time and id. */
export interface UserCursor {
  readonly createTime: Date;
  readonly id: string;
}

export interface UserPage {
  readonly users: readonly User[];
  /** Where the next page begins; undefined on the last. */
  readonly next: UserCursor | undefined;
}

export interface UserRepository {
  /** Resolves to false, storing nothing, when the e-mail is taken. */
  insert(user: User, passwordHash: string): Promise<boolean>;
  find(id: string): Promise<User | undefined>;
  /** Newest first, from behind the cursor. */
  list(limit: number, after?: UserCursor): Promise<readonly User[]>;
  /** Resolves to the user as changed, or to undefined when there is none. */
  update(id: string, changes: Partial<User>): Promise<User | undefined>;
  /** Resolves to false when there is none. Takes the user's sessions along. */
  delete(id: string): Promise<boolean>;
}

/** What follows for the sessions of a user who may not sign in any more. */
export interface UserSessions {
  endAll(userId: string, now: Date): Promise<void>;
}

export interface UserServiceOptions {
  readonly now?: () => Date;
  readonly newId?: () => string;
}

export interface UserServiceDependencies {
  readonly users: UserRepository;
  readonly sessions: UserSessions;
  readonly hashPassword: (plain: string) => Promise<string>;
}

/** Accounts: users see and change themselves, administrators see and manage all. */
export class UserService {
  readonly #users: UserRepository;
  readonly #sessions: UserSessions;
  readonly #hashPassword: (plain: string) => Promise<string>;
  readonly #now: () => Date;
  readonly #newId: () => string;

  constructor(dependencies: UserServiceDependencies, options: UserServiceOptions = {}) {
    const { now = () => new Date(), newId = randomUUID } = options;
    this.#users = dependencies.users;
    this.#sessions = dependencies.sessions;
    this.#hashPassword = dependencies.hashPassword;
    this.#now = now;
    this.#newId = newId;
  }

  /** Rejects with `already_exists` when the e-mail is taken. */
  async register({ email, password, displayName }: NewUser): Promise<User> {
    const now = this.#now();
    const user: User = {
      id: this.#newId(),
      email: normalEmail(email),
      displayName,
      state: 'active',
      roles: [],
      createTime: now,
      updateTime: now,
    };
    if (!(await this.#users.insert(user, await this.#hashPassword(password)))) {
      throw new StatusError('already_exists', `${user.email} is registered already: sign in, or use another e-mail`, {
        reason: 'EMAIL_TAKEN',
        metadata: { email: user.email },
      });
    }
    return user;
  }

  /** Rejects with `permission_denied` when it is somebody else, whether they exist or not, and with `not_found`. */
  async get(id: string, caller: Caller): Promise<User> {
    mustBeSelfOrAdmin(id, caller);
    return found(id, await this.#users.find(id));
  }

  /** Newest first. Only for administrators. */
  async list(limit: number, caller: Caller, after?: UserCursor): Promise<UserPage> {
    mustBeAdmin(caller);
    const users = await this.#users.list(limit + 1, after);
    const page = users.slice(0, limit);
    return { users: page, next: users.length > limit ? page.at(-1) : undefined };
  }

  /** Rejects as `get` does, and with `permission_denied` when somebody else than an administrator changes roles. */
  async update(id: string, changes: UserChanges, caller: Caller): Promise<User> {
    mustBeSelfOrAdmin(id, caller);
    if (changes.roles !== undefined) mustBeAdmin(caller);
    return this.#change(id, changes);
  }

  /** Keeps a user from signing in, and ends their sessions. Only for administrators. */
  async disable(id: string, caller: Caller): Promise<User> {
    mustBeAdmin(caller);
    const user = await this.#setState(id, 'disabled');
    await this.#sessions.endAll(id, this.#now());
    return user;
  }

  /** Lets a user sign in again. Only for administrators. */
  async enable(id: string, caller: Caller): Promise<User> {
    mustBeAdmin(caller);
    return this.#setState(id, 'active');
  }

  /** Deletes a user with their sessions. Only for administrators. */
  async delete(id: string, caller: Caller): Promise<void> {
    mustBeAdmin(caller);
    if (!(await this.#users.delete(id))) throw notFound(id);
  }

  async #setState(id: string, state: User['state']): Promise<User> {
    const user = found(id, await this.#users.find(id));
    return user.state === state ? user : this.#change(id, { state });
  }

  async #change(id: string, changes: Partial<User>): Promise<User> {
    return found(id, await this.#users.update(id, { ...changes, updateTime: this.#now() }));
  }
}

function mustBeSelfOrAdmin(id: string, caller: Caller): void {
  if (!caller.isAdmin && id !== caller.id) {
    throw new StatusError('permission_denied', 'another user is only for administrators to see: ask for users/me', {
      reason: 'NOT_YOURSELF',
    });
  }
}

function mustBeAdmin(caller: Caller): void {
  if (!caller.isAdmin) {
    throw new StatusError('permission_denied', 'only an administrator may do this', { reason: 'ADMIN_ONLY' });
  }
}

function found(id: string, user: User | undefined): User {
  if (user === undefined) throw notFound(id);
  return user;
}

function notFound(id: string): StatusError {
  return new StatusError('not_found', `users/${id} does not exist`, {
    reason: 'USER_NOT_FOUND',
    metadata: { name: `users/${id}` },
  });
}
