import { create } from '@bufbuild/protobuf';
import { BookSchema, ConformanceService, type Book } from '@ko/contracts/conformance';
import { createContext, type Endpoint } from '@ko/endpoint';
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
