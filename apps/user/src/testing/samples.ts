import { randomUUID } from 'node:crypto';
import type { User } from '../user.ts';

/** An active user, like no other, registered now. */
export function newUser(differences: Partial<User> = {}): User {
  const id = randomUUID();
  const now = new Date();
  return {
    id,
    email: `${id}@example.com`,
    displayName: 'Ada',
    state: 'active',
    roles: [],
    createTime: now,
    updateTime: now,
    ...differences,
  };
}
