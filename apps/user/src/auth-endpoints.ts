import type { MessageInitShape } from '@bufbuild/protobuf';
import { timestampFromDate } from '@bufbuild/protobuf/wkt';
import type { AuthService as Contract, TokensSchema } from '@ko/contracts/user';
import { signedIn, StatusError, type Authenticated, type Context, type Endpoints } from '@ko/endpoint';
import { callerOf } from '@ko/resource';
import type { AuthService, Tokens } from './auth-service.ts';
import type { KeyService } from './key-service.ts';

/** `ko.user.v1.AuthService` as the domain answers it. */
export function authEndpoints(
  auth: AuthService,
  keys: KeyService,
): Endpoints<typeof Contract, Context & Authenticated> {
  return {
    signIn: async ({ email, password }, context) =>
      toMessage(await auth.signIn({ email, password, peer: context.peer })),
    refreshTokens: async ({ refreshToken }) => toMessage(await auth.refresh(refreshToken)),
    signOut: async ({ allSessions }, context) => {
      const { session } = signedIn(context);
      const { id } = callerOf(context);
      if (id === undefined || session === undefined) {
        throw new StatusError('failed_precondition', 'these credentials have no session to end', {
          reason: 'NO_SESSION',
        });
      }
      await (allSessions ? auth.signOutEverywhere(id) : auth.signOut(session));
      return {};
    },
    getKeySet: async () => ({ keys: (await keys.published()).map((key) => ({ ...key })) }),
  };
}

function toMessage(tokens: Tokens): MessageInitShape<typeof TokensSchema> {
  return {
    accessToken: tokens.accessToken,
    accessTokenExpireTime: timestampFromDate(tokens.accessTokenExpireTime),
    refreshToken: tokens.refreshToken,
    refreshTokenExpireTime: timestampFromDate(tokens.refreshTokenExpireTime),
  };
}
