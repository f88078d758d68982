import { expect, test } from 'vitest';
import { echoed, echoServer } from './testing/echo-server.ts';

const app = echoServer();
const page = '/v1/conformance/pages/1';

test.each([
  ['a string', 'name=a%20b+c', { name: 'a b c' }],
  ['an empty string', 'name=', { name: '' }],
  ['a 64-bit integer', 'big=9007199254740993', { big: '9007199254740993' }],
  ['a number', 'ratio=1.5', { ratio: 1.5 }],
  ['a truth value', 'printed=true', { printed: true }],
  ['bytes', 'cover=aGk%3D', { cover: 'aGk=' }],
  ['an enum by its name', 'genre=GENRE_SCIENCE', { genre: 'GENRE_SCIENCE' }],
  ['an enum by its number', 'genre=1', { genre: 'GENRE_FICTION' }],
  ['a time', 'publishTime=2026-01-31T12:00:00Z', { publishTime: '2026-01-31T12:00:00Z' }],
  ['a duration', 'readingTime=1.500s', { readingTime: '1.500s' }],
  ['a mask in the names of JSON', 'mask=name,author.displayName', { mask: 'name,author.displayName' }],
  ['a mask in the names of the contract', 'mask=publish_time', { mask: 'publishTime' }],
  ['a list', 'tags=a&tags=b', { tags: ['a', 'b'] }],
  ['a list of one', 'tags=a', { tags: ['a'] }],
  [
    'a field within a message',
    'author.name=x&author.aliases=y&author.aliases=z',
    { author: { name: 'x', aliases: ['y', 'z'] } },
  ],
  ['the name that the contract gives', 'publish_time=2026-01-31T12:00:00Z', { publishTime: '2026-01-31T12:00:00Z' }],
  ['one of a choice', 'paper=80', { paper: 80 }],
  ['an optional field that has its default', 'subtitle=', { subtitle: '' }],
])('%s may come in the query', async (_, query, book) => {
  expect(await echoed(app, 'GET', `${page}?${query}`)).toMatchObject(book);
});

test.each([
  ['an unknown parameter', 'nam=x', 'nam', 'query.unknown_parameter'],
  ['a map', 'ratings=1', 'ratings', 'query.unknown_parameter'],
  ['a list of messages', 'translators.name=x', 'translators.name', 'query.unknown_parameter'],
  ['a message as a whole', 'author=x', 'author', 'query.unknown_parameter'],
  ['what the path has', 'count=2', 'count', 'query.unknown_parameter'],
  ['a single field twice', 'name=a&name=b', 'name', 'query.repeated'],
  ['a single field by both of its names', 'reading_time=1s&readingTime=1s', 'reading_time', 'query.repeated'],
  ['a wrong truth value', 'printed=yes', 'printed', 'json.type'],
  ['a wrong number', 'ratio=much', 'ratio', 'json.type'],
  ['a wrong enum', 'genre=GENRE_X', 'genre', 'json.type'],
  ['a wrong time', 'publishTime=today', 'publish_time', 'json.type'],
  ['a wrong duration', 'readingTime=long', 'reading_time', 'json.type'],
  ['two of one choice', 'paper=80&cloth=soft', 'cloth', 'json.oneof'],
])('%s is refused by its name', async (_, query, field, rule) => {
  const response = await app.inject(`${page}?${query}`);

  expect(response.statusCode).toBe(400);
  expect(response.json()).toMatchObject({
    code: 'invalid_argument',
    reason: 'MALFORMED_REQUEST',
    violations: [{ field, rule }],
  });
});

test('all faults are reported at once', async () => {
  const response = await app.inject(`${page}?nope=1&ratio=much&printed=yes&name=a&name=b`);

  const { violations } = response.json<{ violations: { field: string }[] }>();
  expect(violations.map(({ field }) => field).sort()).toEqual(['name', 'nope', 'printed', 'ratio']);
});

test('a route whose body is everything has no query', async () => {
  const response = await app.inject({ method: 'POST', url: '/v1/conformance:echo?name=x', payload: {} });

  expect(response.json()).toMatchObject({ status: 400, violations: [{ field: 'name' }] });
});
