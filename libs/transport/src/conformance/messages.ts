import { create } from '@bufbuild/protobuf';
import { durationFromMs, FieldMaskSchema, timestampFromDate } from '@bufbuild/protobuf/wkt';
import { describe, expect, test } from 'vitest';
import { Book_Genre, BookSchema } from '@ko/contracts/conformance';
import { createContext } from '@ko/endpoint';
import type { Connection } from './connection.ts';

const whole = create(BookSchema, {
  name: 'shelves/1/books/2',
  path: 'a/b/c',
  count: -1,
  big: 9_007_199_254_740_993n,
  ratio: 0.1,
  printed: true,
  cover: new Uint8Array([0, 127, 128, 255]),
  genre: Book_Genre.SCIENCE,
  author: { name: 'Ada', aliases: ['A. L.', 'Gräfin ✓'] },
  tags: ['one', ''],
  translators: [{ name: 'Luigi' }, {}],
  ratings: { good: 1, bad: -2 },
  binding: { case: 'paper', value: 0 },
  subtitle: '',
  publishTime: timestampFromDate(new Date('1843-10-01T12:34:56.789Z')),
  readingTime: durationFromMs(1_500),
  mask: create(FieldMaskSchema, { paths: ['name', 'author.name'] }),
});

export function describeMessages(connection: Connection): void {
  describe('messages', () => {
    test('arrive with all their fields, there and back', async () => {
      expect(await connection.client.echo(whole, createContext())).toEqual(whole);
    });

    test('may be empty', async () => {
      expect(await connection.client.echo({}, createContext())).toEqual(create(BookSchema));
    });

    test('may leave fields out, in any depth', async () => {
      const book = await connection.client.echo({ author: { name: 'Ada' } }, createContext());

      expect(book).toEqual(create(BookSchema, { author: { name: 'Ada', aliases: [] } }));
    });

    test('may be of some megabytes', async () => {
      const cover = new Uint8Array(3 * 1024 * 1024).map((_, index) => index % 251);

      const book = await connection.client.echo({ cover }, createContext());

      expect(Buffer.from(book.cover).equals(cover)).toBe(true);
    });

    test('do not mix when many calls are made at once', async () => {
      const counts = Array.from({ length: 50 }, (_, index) => index + 1);

      const books = await Promise.all(counts.map((count) => connection.client.echo({ count }, createContext())));

      expect(books.map(({ count }) => count)).toEqual(counts);
    });
  });
}
