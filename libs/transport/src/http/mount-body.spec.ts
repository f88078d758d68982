import { expect, test } from 'vitest';
import { echoed, echoServer } from './testing/echo-server.ts';

const app = echoServer();
const echo = '/v1/conformance:echo';

test('a body of all fields is read by the proto3 JSON mapping, in the names of JSON or of the contract', async () => {
  const book = await echoed(app, 'POST', echo, {
    publish_time: '2026-01-31T12:00:00Z',
    readingTime: '1.5s',
    big: '9007199254740993',
    cover: '_w',
    genre: 'GENRE_FICTION',
    author: { name: 'a' },
    translators: [{ name: 't' }],
    ratings: { good: 5 },
    paper: 80,
  });

  expect(book).toMatchObject({
    publishTime: '2026-01-31T12:00:00Z',
    readingTime: '1.500s',
    big: '9007199254740993',
    cover: '/w==',
    genre: 'GENRE_FICTION',
    author: { name: 'a', aliases: [] },
    translators: [{ name: 't', aliases: [] }],
    ratings: { good: 5 },
    paper: 80,
  });
});

test('an answer has every field, but not absent messages, optional fields and choices', async () => {
  expect(await echoed(app, 'POST', echo, {})).toEqual({
    name: '',
    path: '',
    count: 0,
    big: '0',
    ratio: 0,
    printed: false,
    cover: '',
    genre: 'GENRE_UNSPECIFIED',
    tags: [],
    translators: [],
    ratings: {},
  });
});

test('a body that is missing is an empty message', async () => {
  expect(await echoed(app, 'POST', echo)).toMatchObject({ name: '' });
});

test('a body of one field leaves the others to the path and the query', async () => {
  const book = await echoed(app, 'PUT', '/v1/conformance/shelves/a/books/b?count=2', { name: 'Ursula' });

  expect(book).toMatchObject({ name: 'shelves/a/books/b', count: 2, author: { name: 'Ursula' } });
});

test('a response body is the field that the route names', async () => {
  expect(await echoed(app, 'GET', '/v1/conformance/authors/Ursula/first')).toEqual({ name: 'Ursula', aliases: [] });
});

test('the path may be repeated in the body, but not contradicted', async () => {
  const url = '/v1/conformance/shelves/a/books/b:publish';
  const same = await echoed(app, 'POST', url, { name: 'shelves/a/books/b' });
  const other = await app.inject({ method: 'POST', url, payload: { name: 'shelves/a/books/c' } });

  expect(same).toMatchObject({ name: 'shelves/a/books/b' });
  expect(other.json()).toMatchObject({ status: 400, violations: [{ field: 'name', rule: 'http.conflict' }] });
});

test('everything that is wrong is named by its path, at once', async () => {
  const payload = {
    nme: 'x',
    count: '1.5',
    big: true,
    printed: 'true',
    cover: '*',
    genre: 'GENRE_X',
    tags: ['a', 1],
    author: { nme: 'x', aliases: 'y' },
    translators: [{}, { name: 1 }, 'x'],
    ratings: { good: 'very' },
    publishTime: 'today',
    cloth: 'soft',
    paper: 80,
  };
  const response = await app.inject({ method: 'POST', url: echo, payload });

  const { violations } = response.json<{ violations: { field: string; rule: string }[] }>();
  expect(response.statusCode).toBe(400);
  expect(violations.map(({ field, rule }) => `${field} ${rule}`)).toEqual([
    'nme json.unknown_field',
    'count json.type',
    'big json.type',
    'printed json.type',
    'cover json.type',
    'genre json.type',
    'tags[1] json.type',
    'author.nme json.unknown_field',
    'author.aliases json.type',
    'translators[1].name json.type',
    'translators[2] json.type',
    'ratings["good"] json.type',
    'publish_time json.type',
    'paper json.oneof',
  ]);
});

test.each([
  ['a list', '[]'],
  ['a string', '"x"'],
  ['null', 'null'],
])('%s is no message', async (_, payload) => {
  const response = await send(payload);

  expect(response.json()).toMatchObject({ status: 400, detail: 'the body must be a JSON object' });
});

test.each([
  ['{"name": x}', 1, 10],
  ['{"name": "x",}', 1, 14],
  ['{\n  "name": "x"\n  "count": 1\n}', 3, 3],
  ['{"name": "x"', 1, 13],
  ['{"name": "x"} trailing', 1, 15],
  ["{'name': 1}", 1, 2],
  ['{"count": 01}', 1, 12],
  ['['.repeat(50_000), 1, 102],
])('malformed JSON is refused with its place: %#', async (payload, line, column) => {
  const response = await send(payload);

  expect(response.json()).toMatchObject({
    status: 400,
    reason: 'MALFORMED_JSON',
    metadata: { line: String(line), column: String(column) },
  });
});

test('names that mean something to JavaScript mean nothing here', async () => {
  const payload = '{"__proto__": {"name": "x"}, "constructor": {"prototype": {}}}';
  const response = await send(payload);

  const { violations } = response.json<{ violations: { field: string }[] }>();
  expect(violations.map(({ field }) => field)).toEqual(['__proto__', 'constructor']);
});

test('the list of what is wrong has an end', async () => {
  const payload = Object.fromEntries(Array.from({ length: 1000 }, (_, number) => [`x${number}`, 1]));
  const response = await app.inject({ method: 'POST', url: echo, payload });

  expect(response.json<{ violations: unknown[] }>().violations).toHaveLength(50);
});

test('what is no JSON and long is refused without its place', async () => {
  const payload = `{"name": "${'x'.repeat(70_000)}" "count": 1}`;

  const response = await send(payload);

  expect(response.json()).toMatchObject({
    status: 400,
    detail: 'the body is not valid JSON',
    reason: 'MALFORMED_JSON',
  });
});

test('a body that is no UTF-8 is refused instead of changed', async () => {
  const response = await send(Buffer.from('{"name": "\xe9"}', 'latin1'));

  expect(response.json()).toMatchObject({ status: 400, reason: 'MALFORMED_JSON' });
});

test('a body that says that it is not compressed is read', async () => {
  const response = await send('{"name": "a"}', { 'content-encoding': 'Identity' });

  expect(response.json()).toMatchObject({ name: 'a' });
});

test('a body with more values than anybody wants to read is refused before they are read', async () => {
  const bodyOf = (count: number): string => JSON.stringify({ tags: Array.from({ length: count }, () => 'x') });

  const [largest, larger] = await Promise.all([send(bodyOf(19_998)), send(bodyOf(19_999))]);

  expect(largest.statusCode).toBe(200);
  expect(larger.json()).toMatchObject({ status: 400, reason: 'TOO_MANY_VALUES' });
});

/** Sends a body of JSON, or what is to be taken for one. */
async function send(payload: string | Buffer, headers: Readonly<Record<string, string>> = {}) {
  return app.inject({
    method: 'POST',
    url: echo,
    payload,
    headers: { 'content-type': 'application/json', ...headers },
  });
}
