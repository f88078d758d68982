import { expect, test } from 'vitest';
import { echoed, echoServer } from './testing/echo-server.ts';

const app = echoServer();

test('a variable takes the segments of its template', async () => {
  const book = await echoed(app, 'GET', '/v1/conformance/shelves/a/books/b');

  expect(book).toMatchObject({ name: 'shelves/a/books/b' });
});

test('a custom verb lies beside the same path without it', async () => {
  const published = await echoed(app, 'POST', '/v1/conformance/shelves/a/books/b:publish', { count: 3 });
  const got = await echoed(app, 'GET', '/v1/conformance/shelves/a/books/b:publish');

  expect(published).toMatchObject({ name: 'shelves/a/books/b', count: 3 });
  expect(got).toMatchObject({ name: 'shelves/a/books/b:publish' });
});

test('a colon that came encoded is no verb', async () => {
  const response = await app.inject({ method: 'POST', url: '/v1/conformance/shelves/a/books/b%3Apublish' });

  expect(response.statusCode).toBe(404);
});

test('** takes any number of segments, and keeps their slashes', async () => {
  const paths = ['/a/b/c', '/a%20b', '/a%2Fb/c', '/', ''];
  const books = await Promise.all(paths.map((path) => echoed(app, 'GET', `/v1/conformance/files${path}`)));

  expect(books).toMatchObject([{ path: 'a/b/c' }, { path: 'a b' }, { path: 'a%2Fb/c' }, { path: '' }, { path: '' }]);
});

test('a variable of one segment is decoded wholly, and reaches a field within a message', async () => {
  const author = await echoed(app, 'GET', '/v1/conformance/authors/Ursula%20K.%2FLe%20Guin/first');

  expect(author).toEqual({ name: 'Ursula K./Le Guin', aliases: [] });
});

test('a variable is read as its field is typed', async () => {
  expect(await echoed(app, 'GET', '/v1/conformance/pages/42')).toMatchObject({ count: 42 });

  const response = await app.inject('/v1/conformance/pages/many');
  expect(response.statusCode).toBe(400);
  expect(response.json()).toMatchObject({ violations: [{ field: 'count', rule: 'json.type' }] });
});

test('a value as long as a resource name may be is taken', async () => {
  const name = `shelves/${'a'.repeat(500)}/books/b`;

  expect(await echoed(app, 'GET', `/v1/conformance/${name}`)).toMatchObject({ name });
});

test('a HEAD request is answered as the GET would be, without a body', async () => {
  const response = await app.inject({ method: 'HEAD', url: '/v1/conformance/pages/42' });

  expect(response).toMatchObject({ statusCode: 200, body: '' });
});

test('a method without google.api.http cannot be reached', async () => {
  const response = await app.inject({
    method: 'POST',
    url: '/ko.conformance.v1.ConformanceService/Upload',
    payload: {},
  });

  expect(response.statusCode).toBe(404);
});
