import { AuthService, User_State, UserService, type Tokens } from '@ko/contracts/user';
import { createContext, type Client, type Context } from '@ko/endpoint';
import { createTelemetry, parseConfig } from '@ko/service';
import { connect, grpcChannel, grpcServer, serve, type GrpcChannel, type GrpcServer } from '@ko/transport';
import { createPublicKey } from 'node:crypto';
import jwt from 'jsonwebtoken';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { buildUser } from './app.ts';
import { userConfig } from './config.ts';
import type { User } from './generated/prisma/client.ts';
import { seed } from './seed.ts';
import { useUserDatabase } from './testing/user-database.ts';

const prisma = useUserDatabase();
const password = 'correct-horse-battery';

let samples: User[];
let server: GrpcServer;
let channel: GrpcChannel;
let users: Client<typeof UserService>;
let auth: Client<typeof AuthService>;

beforeAll(async () => {
  await seed(prisma());
  samples = await prisma().user.findMany();
  const environment = { DATABASE_URL: 'postgres://unused', LOG_LEVEL: 'silent', SIGN_IN_LIMIT_ACCOUNT: '3' };
  const config = parseConfig(userConfig, environment);
  const app = buildUser({ config, telemetry: createTelemetry('user', config), prisma: prisma() });
  server = grpcServer('127.0.0.1:0');
  serve(server, UserService, app.users);
  serve(server, AuthService, app.auth);
  await server.start();
  channel = grpcChannel(server.address);
  users = connect(UserService, channel);
  auth = connect(AuthService, channel);
});
beforeEach(() => prisma().user.createMany({ data: samples, skipDuplicates: true }));
afterAll(async () => {
  channel.close();
  await server.stop();
});

function as({ accessToken }: Tokens): Context {
  return createContext({ outgoing: { authorization: `Bearer ${accessToken}` } });
}

async function signIn(email: string): Promise<Tokens> {
  return auth.signIn({ email, password }, createContext());
}

function refresh({ refreshToken }: Tokens): Promise<Tokens> {
  return auth.refreshTokens({ refreshToken }, createContext());
}

describe('a new user', () => {
  test('registers, signs in, and is who they say', async () => {
    const registered = await users.createUser(
      { email: 'Grace@Example.com', password, displayName: 'Grace' },
      createContext(),
    );

    const me = await users.getUser({ name: 'users/me' }, as(await signIn('grace@example.com')));

    expect(me).toEqual(registered);
    expect(me).toMatchObject({ email: 'grace@example.com', displayName: 'Grace', state: User_State.ACTIVE, roles: [] });
  });

  test('hears of all that is wrong with the registration', async () => {
    const registration = users.createUser({ email: 'nowhere', password: 'short' }, createContext());

    await expect(registration).rejects.toMatchObject({
      code: 'invalid_argument',
      violations: [{ field: 'email' }, { field: 'password' }],
    });
  });

  test('cannot take the e-mail of another', async () => {
    const registration = users.createUser({ email: 'ADA@example.com', password }, createContext());

    await expect(registration).rejects.toMatchObject({ code: 'already_exists', reason: 'EMAIL_TAKEN' });
  });
});

describe('an access token', () => {
  test('is verified by the key set and says who, in what role and session', async () => {
    const { accessToken, accessTokenExpireTime } = await signIn('admin@example.com');

    const { keys } = await auth.getKeySet({}, createContext());
    const { kid } = jwt.decode(accessToken, { complete: true })?.header ?? {};
    const key = createPublicKey({ key: { ...keys.find((candidate) => candidate.kid === kid) }, format: 'jwk' });
    const claims = jwt.verify(accessToken, key, { algorithms: ['ES256'], issuer: 'ko', audience: 'ko' });

    const { id } = await prisma().user.findUniqueOrThrow({ where: { email: 'admin@example.com' } });
    const { id: session } = await prisma().session.findFirstOrThrow();
    expect(claims).toMatchObject({ sub: `users/${id}`, roles: ['admin'], sid: session });
    expect(claims).toHaveProperty('jti');
    expect(claims).toHaveProperty('exp', Number(accessTokenExpireTime?.seconds));
  });

  test('is asked for, and refused when it is none of ours', async () => {
    const tokens = await signIn('ada@example.com');
    const forged = jwt.sign({ sub: 'users/me', roles: ['admin'] }, 'secret', { algorithm: 'HS256' });

    const refusal = { code: 'unauthenticated' };
    await expect(users.getUser({ name: 'users/me' }, createContext())).rejects.toMatchObject(refusal);
    await expect(users.listUsers({}, as({ ...tokens, accessToken: forged }))).rejects.toMatchObject(refusal);
  });
});

describe('a session', () => {
  test('goes on by refreshing, and ends when a refresh token is used twice', async () => {
    const first = await signIn('ada@example.com');
    const second = await refresh(first);

    await expect(users.getUser({ name: 'users/me' }, as(second))).resolves.toMatchObject({
      displayName: 'Ada Lovelace',
    });
    const ended = { code: 'unauthenticated', reason: 'SESSION_ENDED' };
    await expect(refresh(first)).rejects.toMatchObject(ended);
    await expect(refresh(second)).rejects.toMatchObject(ended);
  });

  test('ends by signing out, alone or with all others', async () => {
    const [one, two, three] = [
      await signIn('ada@example.com'),
      await signIn('ada@example.com'),
      await signIn('ada@example.com'),
    ];

    await auth.signOut({}, as(one));
    await expect(refresh(one)).rejects.toMatchObject({ reason: 'SESSION_ENDED' });
    const renewed = await refresh(two);

    await auth.signOut({ allSessions: true }, as(renewed));
    await expect(refresh(renewed)).rejects.toMatchObject({ reason: 'SESSION_ENDED' });
    await expect(refresh(three)).rejects.toMatchObject({ reason: 'SESSION_ENDED' });
  });

  test('is refused to who guesses too often, told by the address that the gateway states', async () => {
    const from = (address: string) => createContext({ peer: address });
    const guess = { email: 'ada@example.com', password: 'a guess' };
    for (let failure = 0; failure < 3; failure++) {
      await expect(auth.signIn(guess, from('192.0.2.1'))).rejects.toMatchObject({ reason: 'CREDENTIALS_INVALID' });
    }

    const late = await auth.signIn({ ...guess, password }, from('192.0.2.1')).catch((error: unknown) => error);

    expect(late).toMatchObject({ code: 'resource_exhausted', reason: 'TOO_MANY_ATTEMPTS' });
    expect(late).toHaveProperty('retryAfter', expect.any(Number));
    await expect(auth.signIn({ ...guess, password }, from('192.0.2.2'))).resolves.toBeDefined();
  });
});

describe('a user', () => {
  test('changes the fields in the mask of themselves only', async () => {
    const ada = as(await signIn('ada@example.com'));
    const user = { name: 'users/me', displayName: 'Countess', roles: ['admin'] };

    const changed = await users.updateUser({ user, updateMask: { paths: ['display_name'] } }, ada);

    expect(changed).toMatchObject({ displayName: 'Countess', roles: [] });
    const roles = users.updateUser({ user, updateMask: { paths: ['roles'] } }, ada);
    await expect(roles).rejects.toMatchObject({ code: 'permission_denied', reason: 'ADMIN_ONLY' });
    const nothing = users.updateUser({ user, updateMask: { paths: [] } }, ada);
    await expect(nothing).rejects.toMatchObject({ code: 'invalid_argument', violations: [{ field: 'update_mask' }] });
  });

  test('cannot see others or do what is for administrators', async () => {
    const ada = as(await signIn('ada@example.com'));
    const { id } = await prisma().user.findUniqueOrThrow({ where: { email: 'admin@example.com' } });

    const denied = { code: 'permission_denied' };
    await expect(users.getUser({ name: `users/${id}` }, ada)).rejects.toMatchObject(denied);
    await expect(users.listUsers({}, ada)).rejects.toMatchObject(denied);
    await expect(users.disableUser({ name: `users/${id}` }, ada)).rejects.toMatchObject(denied);
    await expect(users.deleteUser({ name: `users/${id}` }, ada)).rejects.toMatchObject(denied);
  });
});

describe('an administrator', () => {
  test('disables, enables and deletes users', async () => {
    const admin = as(await signIn('admin@example.com'));
    const tokens = await signIn('ada@example.com');
    const { name } = await users.getUser({ name: 'users/me' }, as(tokens));

    await expect(users.disableUser({ name }, admin)).resolves.toMatchObject({ state: User_State.DISABLED });
    await expect(refresh(tokens)).rejects.toMatchObject({ reason: 'SESSION_ENDED' });
    await expect(signIn('ada@example.com')).rejects.toMatchObject({ reason: 'CREDENTIALS_INVALID' });

    await expect(users.enableUser({ name }, admin)).resolves.toMatchObject({ state: User_State.ACTIVE });
    await expect(signIn('ada@example.com')).resolves.toBeDefined();

    await users.deleteUser({ name }, admin);
    await expect(users.getUser({ name }, admin)).rejects.toMatchObject({ code: 'not_found', metadata: { name } });
  });

  test('reads all users page by page', async () => {
    const admin = as(await signIn('admin@example.com'));

    const first = await users.listUsers({ pageSize: 1 }, admin);
    const second = await users.listUsers({ pageSize: 1, pageToken: first.nextPageToken }, admin);

    const emails = [...first.users, ...second.users].map(({ email }) => email);
    expect(emails).toEqual(['ada@example.com', 'admin@example.com']);
    expect(second.nextPageToken).toBe('');
  });

  test('hears what to do about a page token that is none, and an id that cannot be', async () => {
    const admin = as(await signIn('admin@example.com'));

    await expect(users.listUsers({ pageToken: 'made-up' }, admin)).rejects.toMatchObject({
      code: 'invalid_argument',
      violations: [
        { field: 'page_token', description: expect.stringContaining('leave it out for the first page') as string },
      ],
    });
    await expect(users.getUser({ name: `users/${'-'.repeat(36)}` }, admin)).rejects.toMatchObject({
      code: 'invalid_argument',
      violations: [{ field: 'name' }],
    });
  });
});
