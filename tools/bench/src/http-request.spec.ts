import { expect, test } from 'vitest';
import { wireFormat } from './http-request.ts';

test('a request has its token, and the length of its body in bytes', () => {
  expect(wireFormat({ method: 'POST', path: '/v1/orders', token: 't', body: { name: 'é' } }).split('\r\n')).toEqual([
    'POST /v1/orders HTTP/1.1',
    'host: 127.0.0.1',
    'authorization: Bearer t',
    'content-type: application/json',
    'content-length: 13',
    '',
    '{"name":"é"}',
  ]);
});

test('a request without a body ends with its head', () => {
  expect(wireFormat({ method: 'GET', path: '/' })).toBe('GET / HTTP/1.1\r\nhost: 127.0.0.1\r\n\r\n');
});
