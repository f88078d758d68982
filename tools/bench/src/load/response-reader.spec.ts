import { describe, expect, test } from 'vitest';
import { ResponseReader } from './response-reader.ts';

const whole = 'HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello';
const chunked = 'HTTP/1.1 404 Not Found\r\ntransfer-encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n';

describe('ResponseReader', () => {
  test('reads one response after the other', () => {
    const reader = new ResponseReader();

    expect([whole, chunked, whole].map((text) => reader.read(Buffer.from(text)))).toEqual([200, 404, 200]);
  });

  test.each([whole, chunked])('reads a response that comes byte by byte: %j', (text) => {
    const reader = new ResponseReader();
    const buffer = Buffer.alloc(1);

    const read = [...Buffer.from(text)].map((byte) => {
      buffer[0] = byte;
      return reader.read(buffer);
    });

    expect(read.slice(0, -1).every((status) => status === undefined)).toBe(true);
    expect(read.at(-1)).toBe(text === whole ? 200 : 404);
  });

  test('reads a response without a body', () => {
    expect(new ResponseReader().read(Buffer.from('HTTP/1.1 503 No\r\ncontent-length: 0\r\n\r\n'))).toBe(503);
  });

  test.each(['HTTP/1.0 200 OK\r\n\r\n', 'HTTP/1.1 200 OK\r\n\r\n', `${whole}more`, 'x'.repeat(70_000)])(
    'refuses what it does not understand: %#',
    (text) => {
      expect(() => new ResponseReader().read(Buffer.from(text))).toThrow();
    },
  );
});
