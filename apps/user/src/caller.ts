import type { Principal } from '@ko/endpoint';
import type { Caller } from './user.ts';

const prefix = 'users/';

/** The domain's view of who makes a request. */
export function callerFrom({ subject, roles }: Principal): Caller {
  return {
    id: subject.startsWith(prefix) ? subject.slice(prefix.length) : undefined,
    admin: roles.includes('admin'),
  };
}
