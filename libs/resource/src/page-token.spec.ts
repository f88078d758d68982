import { randomUUID } from 'node:crypto';
import { expect, test } from 'vitest';
import { cursorIn, pageTokenOf } from './page-token.ts';

const filter = { customer: randomUUID(), state: 'PAID', from: new Date('2026-01-01') } as const;
const cursor = { createTime: new Date('2026-11-23T09:30:00.123Z'), id: randomUUID() };

test('a token leads back to its place', () => {
  expect(cursorIn(pageTokenOf(cursor, filter), filter)).toEqual(cursor);
});

test('the first page needs no token, the last gives none', () => {
  expect(cursorIn('', filter)).toBeUndefined();
  expect(pageTokenOf(undefined, filter)).toBe('');
});

test('a token fits into a query and the length that the contract allows', () => {
  expect(pageTokenOf(cursor, filter)).toMatch(/^[\w-]{1,200}$/);
});

test.each([
  { ...filter, customer: randomUUID() },
  { ...filter, state: 'PENDING' as const },
  { ...filter, from: new Date('2026-01-02') },
  { ...filter, until: new Date('2027-01-01') },
])('a token is good for its own filter only', (other) => {
  expect(() => cursorIn(pageTokenOf(cursor, filter), other)).toThrow(
    expect.objectContaining({ code: 'invalid_argument', reason: 'PAGE_TOKEN_OF_OTHER_FILTERS' }),
  );
});

test.each(['rubbish', '{}', '[]', '[1,"no id","hash"]', '[1e99,"00000000-0000-4000-8000-000000000000",""]'])(
  'what is not a token is refused: %s',
  (text) => {
    expect(() => cursorIn(Buffer.from(text).toString('base64url'), filter)).toThrow(
      expect.objectContaining({ code: 'invalid_argument', reason: 'PAGE_TOKEN_INVALID' }),
    );
  },
);
