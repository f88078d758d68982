import { User_State, type UserService } from '@ko/contracts/user';
import { StatusError, type Client, type Context } from '@ko/endpoint';
import { nameOf } from '@ko/resource';
import type { Customers } from './service.ts';

/** The customers as the user service knows them, asked in the name of whoever made the request. */
export function customersOf(users: Client<typeof UserService>): (context: Context) => Customers {
  return (context) => ({
    async isActive(id) {
      try {
        const user = await users.getUser({ name: nameOf('users', id) }, context);
        return user.state === User_State.ACTIVE;
      } catch (error) {
        const { code, retryAfter } = StatusError.from(error);
        if (code === 'not_found') return false;
        if (code !== 'unavailable') throw error;
        throw new StatusError(
          'unavailable',
          'orders cannot be placed while the user service is away: try again later',
          {
            reason: 'USER_SERVICE_UNAVAILABLE',
            ...(retryAfter !== undefined && { retryAfter }),
            cause: error,
          },
        );
      }
    },
  });
}
