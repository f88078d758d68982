import { AuthService as AuthContract, UserService as UserContract } from '@ko/contracts/user';
import { databaseCalls } from '@ko/data';
import { chain, wrap, type Endpoints } from '@ko/endpoint';
import { ConcurrencyLimiter, hashPassword, verifyPassword, type KeySource } from '@ko/middleware';
import {
  accessSchemes,
  serverMiddleware,
  type Component,
  type databaseConfig,
  type ProcessConfig,
  type ReadinessCheck,
  type Telemetry,
} from '@ko/service';
import { AccessTokens } from './access-tokens.ts';
import { authEndpoints } from './auth-endpoints.ts';
import { AuthService } from './auth-service.ts';
import type { UserConfig } from './config.ts';
import { userEndpoints } from './endpoints.ts';
import type { PrismaClient } from './generated/prisma/client.ts';
import { Housekeeping } from './housekeeping.ts';
import { PostgresKeyRepository } from './key-repository.ts';
import { KeyService } from './key-service.ts';
import { PostgresUserRepository } from './repository.ts';
import { UserService } from './service.ts';
import { PostgresSessionRepository } from './session-repository.ts';
import { PostgresSignInLimiter } from './sign-in-limiter.ts';

/** What the user service stands on. */
export interface UserDependencies {
  readonly config: Omit<UserConfig, keyof ProcessConfig | keyof typeof databaseConfig.shape | 'GRPC_ADDRESS'> &
    Pick<ProcessConfig, 'REQUEST_TIMEOUT'>;
  readonly telemetry: Telemetry;
  /** Holds the places for requests. */
  readonly limiter?: ConcurrencyLimiter;
  /** Whether callers come from outside, as in a monolith. */
  readonly isEdge?: boolean;
  readonly prisma: PrismaClient;
  readonly now?: () => Date;
}

/** The user service, ready to be served or called. */
export interface UserApp {
  readonly users: Endpoints<typeof UserContract>;
  readonly auth: Endpoints<typeof AuthContract>;
  /** What verifies the access tokens, for those in the same process. */
  readonly keys: KeySource;
  /** Rotates keys and deletes what has expired. */
  readonly housekeeping: Component;
  /** Whether it can sign. */
  readonly check: ReadinessCheck;
}

const housekeepingInterval = 5 * 60_000;

/** Builds the user service from the inside out. */
export function buildUser({
  config,
  telemetry,
  limiter = new ConcurrencyLimiter(),
  isEdge = false,
  prisma,
  now = () => new Date(),
}: UserDependencies): UserApp {
  const users = new PostgresUserRepository(prisma);
  const sessions = new PostgresSessionRepository(prisma);
  const signIns = new PostgresSignInLimiter(prisma, {
    perAccount: config.SIGN_IN_LIMIT_ACCOUNT,
    perPeer: config.SIGN_IN_LIMIT_PEER,
    window: config.SIGN_IN_WINDOW,
  });

  const keys = new KeyService(new PostgresKeyRepository(prisma), config.KEY_SECRET.reveal(), {
    rotation: config.KEY_ROTATION,
    lead: config.KEY_LEAD,
    tokenTtl: config.ACCESS_TOKEN_TTL,
    now,
  });
  const accessTokens = new AccessTokens(() => keys.signing(), {
    issuer: config.TOKEN_ISSUER,
    audience: config.TOKEN_AUDIENCE,
    ttl: config.ACCESS_TOKEN_TTL,
  });
  const userService = new UserService({ users, sessions, hashPassword }, { now });
  const authService = new AuthService(
    {
      credentials: users,
      sessions,
      limiter: signIns,
      accessTokens,
      passwords: { hash: hashPassword, verify: verifyPassword },
    },
    { sessionTtl: config.SESSION_TTL, now },
  );

  const keySource: KeySource = () => keys.published();
  const served = serverMiddleware({
    telemetry,
    schemes: accessSchemes(config, keySource),
    maxDeadline: config.REQUEST_TIMEOUT,
    limiter,
    isEdge,
  });
  const onion = chain(served, databaseCalls());
  return {
    users: wrap(UserContract, userEndpoints(userService), onion),
    auth: wrap(AuthContract, authEndpoints(authService, keys), onion),
    keys: keySource,
    housekeeping: new Housekeeping(
      {
        'signing keys': () => keys.maintain(),
        sessions: () => sessions.deleteExpired(new Date(now().getTime() - config.SESSION_TTL)),
        'sign-in attempts': () => signIns.deleteExpired(now()),
      },
      housekeepingInterval,
      telemetry.log,
    ),
    check: {
      name: 'signing keys',
      async ready() {
        await keys.signing();
      },
    },
  };
}
