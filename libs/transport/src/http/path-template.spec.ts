import { describe, expect, test } from 'vitest';
import {
  decodeVariable,
  expandTemplate,
  parseTemplate,
  pathOf,
  routerPaths,
  templatePattern,
} from './path-template.ts';

describe('a path template', () => {
  test.each([
    ['/v1/users', '/v1/users', []],
    ['/v1/users/{id}', '/v1/users/7', ['7']],
    ['/v1/users/{id}:disable', '/v1/users/7:disable', ['7']],
    ['/v1/{name=users/*}', '/v1/users/7', ['users/7']],
    ['/v1/{name=users/*}:disable', '/v1/users/7:disable', ['users/7']],
    ['/v1/{name=shelves/*/books/*}/pages/{page}', '/v1/shelves/a/books/b/pages/3', ['shelves/a/books/b', '3']],
    ['/v1/*/users/{id}', '/v1/anything/users/7', ['7']],
    ['/files/{path=**}', '/files/a/b/c', ['a/b/c']],
    ['/files/{path=**}', '/files', [undefined]],
    ['/files/{path=**}:stat', '/files/a/b:stat', ['a/b']],
    ['/{path=files/**}', '/files/a/b', ['files/a/b']],
    ['/{path=files/**}', '/files', ['files']],
    ['/v1/orders:export', '/v1/orders:export', []],
    ['/.well-known/jwks.json', '/.well-known/jwks.json', []],
  ])('%s matches %s', (template, path, variables) => {
    expect(templatePattern(parseTemplate(template)).exec(path)?.slice(1)).toEqual(variables);
  });

  test.each([
    ['/v1/users/{id}', '/v1/users/'],
    ['/v1/users/{id}', '/v1/users/7/orders'],
    ['/v1/{name=users/*}', '/v1/orders/7'],
    ['/v1/users/{id}:disable', '/v1/users/7%3Adisable'],
    ['/v1/users/{id}:disable', '/v1/users/7'],
    ['/.well-known/jwks.json', '/xwell-known/jwks.json'],
    ['/files/{path=**}', '/filesystem'],
  ])('%s does not match %s', (template, path) => {
    expect(templatePattern(parseTemplate(template)).test(path)).toBe(false);
  });

  test.each(['', 'v1/users', '/v1/{name', '/v1//users', '/v1/{a=**}/b', '/v1/users/'])('%s is refused', (template) => {
    expect(() => parseTemplate(template)).toThrow(TypeError);
  });

  test('becomes the paths of the router', () => {
    const paths = ['/v1/{name=users/*}', '/v1/{name=users/*}:disable', '/v1/orders:export', '/files/{path=**}'].map(
      (source) => routerPaths(parseTemplate(source)),
    );

    expect(paths).toEqual([
      ['/v1/users/:s2'],
      ['/v1/users/:s2([^/]+)::disable'],
      ['/v1/orders::export'],
      ['/files/*', '/files'],
    ]);
  });
});

describe('a variable', () => {
  const decode = (source: string, encoded: string) => {
    const template = parseTemplate(source);
    return template.variables.map((variable) => decodeVariable(template, variable, encoded))[0];
  };

  test('of one segment is decoded wholly', () => {
    expect(decode('/{id}', 'a%20b%2Fc%3Ad')).toBe('a b/c:d');
  });

  test('of more segments keeps an encoded slash encoded', () => {
    expect(decode('/{name=users/*}', 'users/a%20b%2Fc%2fd%252F')).toBe('users/a b%2Fc%2fd%2F');
  });

  test.each([
    ['/v1/users/{id}', 'a b/c', '/v1/users/a%20b%2Fc'],
    ['/v1/{name=users/*}:disable', 'users/é:x', '/v1/users/%C3%A9%3Ax:disable'],
    ['/files/{path=**}', 'a/b c', '/files/a/b%20c'],
    ['/files/{path=**}', '', '/files'],
  ])('expands %s with %s', (template, value, path) => {
    expect(expandTemplate(parseTemplate(template), [value])).toBe(path);
  });

  test.each([
    ['/v1/users/{id}', ''],
    ['/v1/{name=users/*}', 'orders/7'],
    ['/v1/{name=users/*}', 'users/7/8'],
    ['/v1/{name=users/*}', 'users/..'],
    ['/files/{path=**}', 'a/../../b'],
    ['/files/{path=**}', './a'],
  ])('does not fit %s with %s', (template, value) => {
    expect(expandTemplate(parseTemplate(template), [value])).toBeUndefined();
  });
});

test.each([
  ['/v1/users/7', '/v1/users/7'],
  ['/v1/users/7?x=/a#b', '/v1/users/7'],
  ['/v1/users/7#b?x', '/v1/users/7'],
  ['http://example.com/v1/users/7?x', '/v1/users/7'],
  ['https://example.com:8443/a', '/a'],
  ['/http://a/b', '/http://a/b'],
])('the target %s asks for the path %s', (target, path) => {
  expect(pathOf(target)).toBe(path);
});
