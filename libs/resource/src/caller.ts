import { signedIn, type Authenticated } from '@ko/endpoint';
import { idIn } from './names.ts';

/** Who makes a request, in the words that domains use. */
export interface Caller {
  /** Id of the user; undefined for a caller who is not one, such as another program. */
  readonly id: string | undefined;
  readonly isAdmin: boolean;
}

/** Who makes the request. Throws `unauthenticated` when nobody is signed in. */
export function callerOf(context: Authenticated): Caller {
  const { subject, roles } = signedIn(context);
  return { id: idIn('users', subject), isAdmin: roles.includes('admin') };
}
