import { timestampFromDate } from '@bufbuild/protobuf/wkt';
import type { MessageInitShape } from '@bufbuild/protobuf';
import { User_State, type UpdateUserRequest, type UserSchema, type UserService as Contract } from '@ko/contracts/user';
import { StatusError, type Authenticated, type Context, type Endpoints, type FieldViolation } from '@ko/endpoint';
import { callerOf, cursorIn, nameOf, maskedFields, pageSizeOf, pageTokenOf } from '@ko/resource';
import type { UserChanges, UserService } from './service.ts';
import { isId, isRole, type Caller, type Role, type User } from './user.ts';

/** `ko.user.v1.UserService` as the domain answers it. */
export function userEndpoints(users: UserService): Endpoints<typeof Contract, Context & Authenticated> {
  return {
    createUser: async (request) => toMessage(await users.register(request)),
    getUser: async ({ name }, context) => {
      const caller = callerOf(context);
      return toMessage(await users.get(idFrom(name, caller), caller));
    },
    updateUser: async (request, context) => {
      const caller = callerOf(context);
      const id = idFrom(request.user?.name ?? '', caller, 'user.name');
      return toMessage(await users.update(id, changesFrom(request), caller));
    },
    listUsers: async (request, context) => {
      const page = await users.list(pageSizeOf(request), callerOf(context), cursorIn(request.pageToken));
      return { users: page.users.map(toMessage), nextPageToken: pageTokenOf(page.next) };
    },
    disableUser: async ({ name }, context) => {
      const caller = callerOf(context);
      return toMessage(await users.disable(idFrom(name, caller), caller));
    },
    enableUser: async ({ name }, context) => {
      const caller = callerOf(context);
      return toMessage(await users.enable(idFrom(name, caller), caller));
    },
    deleteUser: async ({ name }, context) => {
      const caller = callerOf(context);
      await users.delete(idFrom(name, caller), caller);
      return {};
    },
  };
}

/** The id in `users/{id}`, the caller's own in `users/me`. */
function idFrom(name: string, caller: Caller, field = 'name'): string {
  if (name === 'users/me') {
    if (caller.id !== undefined) return caller.id;
    throw invalid({ field, description: 'cannot be users/me with the credentials of a program: name the user' });
  }
  const id = name.replace(/^users\//, '');
  if (id !== name && isId(id)) return id;
  throw invalid({ field, description: 'must be users/me, or users/ and the id of a user' });
}

/** The values of the fields in the mask. */
function changesFrom({ user, updateMask }: UpdateUserRequest): UserChanges {
  const fields = maskedFields(updateMask, ['display_name', 'roles']);
  return {
    ...(fields.has('display_name') && { displayName: user?.displayName ?? '' }),
    ...(fields.has('roles') && { roles: user?.roles.map(roleFrom) ?? [] }),
  };
}

function roleFrom(role: string): Role {
  if (!isRole(role))
    throw invalid({ field: 'user.roles', description: `has ${role}, which is no role: there is admin` });
  return role;
}

function invalid(violation: FieldViolation): StatusError {
  return new StatusError('invalid_argument', `${violation.field} ${violation.description}`, {
    violations: [violation],
  });
}

function toMessage(user: User): MessageInitShape<typeof UserSchema> {
  return {
    name: nameOf('users', user.id),
    email: user.email,
    displayName: user.displayName,
    state: user.state === 'active' ? User_State.ACTIVE : User_State.DISABLED,
    roles: [...user.roles],
    createTime: timestampFromDate(user.createTime),
    updateTime: timestampFromDate(user.updateTime),
  };
}
