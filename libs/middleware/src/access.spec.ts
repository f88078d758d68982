import { create } from '@bufbuild/protobuf';
import { BookSchema, ConformanceService, type Book } from '@ko/contracts/conformance';
import {
  createContext,
  StatusError,
  type Authenticated,
  type Context,
  type Endpoint,
  type Principal,
} from '@ko/endpoint';
import { describe, expect, test } from 'vitest';
import { authentication } from './authentication.ts';
import { authorization } from './authorization.ts';
import { basic } from './basic.ts';
import { hashPassword, verifyPassword } from './password.ts';
import { validation } from './validation.ts';

const { echo, fail, wait, returnMetadata, download, upload } = ConformanceService.method;
const ada: Principal = { subject: 'users/ada', roles: [] };
const scheme = {
  name: 'Bearer' as const,
  authenticate: async (credentials: string) => {
    if (credentials !== 'good') throw new StatusError('unauthenticated', 'bad token', { reason: 'TOKEN_INVALID' });
    return ada;
  },
};
const whoAmI: Endpoint<null, Principal | undefined, Context & Authenticated> = async (_, { principal }) => principal;

function withAuthorization(authorization: string): Context {
  return createContext({ metadata: { authorization } });
}

describe('authentication', () => {
  test('finds nobody without credentials, and somebody with good ones', async () => {
    const endpoint = authentication([scheme])(whoAmI, fail);

    await expect(endpoint(null, createContext())).resolves.toBeUndefined();
    await expect(endpoint(null, withAuthorization('bearer good'))).resolves.toBe(ada);
  });

  test.each([echo, fail, download])('refuses bad credentials, save where all are let in: $name', async (method) => {
    const answer = authentication([scheme])(whoAmI, method)(null, withAuthorization('Bearer bad'));

    if (method === echo) await expect(answer).resolves.toBeUndefined();
    else await expect(answer).rejects.toMatchObject({ code: 'unauthenticated', reason: 'TOKEN_INVALID' });
  });

  test('names the schemes it takes', async () => {
    const answer = authentication([scheme])(whoAmI, fail)(null, withAuthorization('Digest x'));

    await expect(answer).rejects.toMatchObject({
      reason: 'SCHEME_UNSUPPORTED',
      message: expect.stringContaining('Bearer') as string,
    });
  });
});

describe('authorisation', () => {
  const answer: Endpoint<null, string, Context & Authenticated> = async () => 'in';
  const as = (principal: Principal | undefined) => ({ ...createContext(), principal });
  const admin = { subject: 'users/root', roles: ['admin'] };

  test.each([
    [echo, undefined, 'in'],
    [fail, undefined, 'unauthenticated'],
    [fail, ada, 'in'],
    [wait, undefined, 'unauthenticated'],
    [wait, ada, 'permission_denied'],
    [wait, admin, 'in'],
    [returnMetadata, admin, 'permission_denied'],
    [download, admin, 'permission_denied'],
  ])('lets in whom the contract names: $0.name, $1.subject', async (method, principal, outcome) => {
    const call = authorization()(answer, method)(null, as(principal));

    await expect(call.catch((error: unknown) => StatusError.from(error).code)).resolves.toBe(outcome);
  });
});

describe('Basic', async () => {
  const scheme = basic([{ name: 'robot', roles: ['admin'], passwordHash: await hashPassword('correct horse') }]);
  const encoded = (text: string) => Buffer.from(text).toString('base64');

  test('knows an account by its name and password', async () => {
    const first = await scheme.authenticate(encoded('robot:correct horse'));
    const again = await scheme.authenticate(encoded('robot:correct horse'));

    expect([first, again]).toEqual(Array(2).fill({ subject: 'accounts/robot', roles: ['admin'] }));
  });

  test.each(['robot:wrong', 'nobody:correct horse', 'robot', ''])('refuses %j', async (credentials) => {
    await expect(scheme.authenticate(encoded(credentials))).rejects.toMatchObject({ reason: 'CREDENTIALS_INVALID' });
  });
});

test('a password is known by its hash, which is another each time', async () => {
  const [one, two] = await Promise.all([hashPassword('secret'), hashPassword('secret')]);

  expect(one).not.toBe(two);
  expect(one).toMatch(/^scrypt\$32768\$8\$3\$/);
  await expect(verifyPassword('secret', one)).resolves.toBe(true);
  await expect(verifyPassword('Secret', one)).resolves.toBe(false);
  await expect(verifyPassword('secret', 'md5$x')).rejects.toThrow('not a hash');
});

describe('validation', () => {
  const accept: Endpoint<Book, Book> = async (book) => book;

  test('names all that is wrong, by the names of the contract', async () => {
    const book = create(BookSchema, { name: 'x'.repeat(101), count: 1_000_001, author: { name: 'y'.repeat(51) } });

    const call = async () => validation()(accept, echo)(book, createContext());

    await expect(call()).rejects.toMatchObject({
      code: 'invalid_argument',
      violations: [
        { field: 'name', rule: 'string.max_len' },
        { field: 'count', rule: 'int32.lte' },
        { field: 'author.name', rule: 'string.max_len' },
      ],
    });
  });

  test('looks at each message of a stream', async () => {
    const read: Endpoint<AsyncIterable<Book>, number> = async (books) => (await Array.fromAsync(books)).length;
    async function* books() {
      yield create(BookSchema);
      yield create(BookSchema, { count: 1_000_001 });
    }

    const call = validation()(read, upload)(books(), createContext());

    await expect(call).rejects.toMatchObject({ violations: [{ field: 'count' }] });
  });
});
