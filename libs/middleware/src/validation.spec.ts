import { create } from '@bufbuild/protobuf';
import { BookSchema, ConformanceService, type Book } from '@ko/contracts/conformance';
import { AuthService, GetUserRequestSchema, UserService, type GetUserRequest } from '@ko/contracts/user';
import { createContext, StatusError, type Endpoint } from '@ko/endpoint';
import { describe, expect, test } from 'vitest';
import { validation } from './validation.ts';

const { echo, upload } = ConformanceService.method;

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

  test.each([
    ['users/b7ad6b71-6920-4333-8f1c-aa0ba902b7aa', 'valid'],
    ['users/me', 'valid'],
    ['users/you', 'invalid_argument'],
    ['users/me\n', 'invalid_argument'],
    ['', 'invalid_argument'],
  ])('matches patterns: %j', async (name, outcome) => {
    const answer: Endpoint<GetUserRequest, string> = async () => 'valid';
    const endpoint = validation()(answer, UserService.method.getUser);

    const call = endpoint(create(GetUserRequestSchema, { name }), createContext());

    await expect(call.catch((error: unknown) => StatusError.from(error).code)).resolves.toBe(outcome);
  });

  test('is nothing where there are no rules', () => {
    const answer: Endpoint<null, null> = async () => null;

    expect(validation()(answer, AuthService.method.getKeySet)).toBe(answer);
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
