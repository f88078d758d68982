import { UserService } from '@ko/contracts/user';
import { makeEndpoints, StatusError, type Context, type Endpoints } from '@ko/endpoint';

type UserEndpoints = Endpoints<typeof UserService>;

/** Stands in for the user service, of which orders need one answer. */
export function userService(getUser: UserEndpoints['getUser']): UserEndpoints {
  const unasked = () => Promise.reject(new StatusError('unimplemented', 'orders do not ask for this'));
  return { ...makeEndpoints<typeof UserService, Context>(UserService, () => unasked), getUser };
}
