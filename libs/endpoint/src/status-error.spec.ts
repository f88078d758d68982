import { expect, test } from 'vitest';
import { createContext, signedIn } from './context.ts';
import { StatusError } from './status-error.ts';

test('a status keeps what it says', () => {
  const cause = new Error('inside');
  const violations = [{ field: 'email', description: 'must be an e-mail address', rule: 'string.email' }];

  const error = new StatusError('invalid_argument', 'no', {
    reason: 'R',
    metadata: { a: 'b' },
    violations,
    retryAfter: 5,
    cause,
  });

  expect(error).toMatchObject({
    code: 'invalid_argument',
    message: 'no',
    reason: 'R',
    metadata: { a: 'b' },
    violations,
  });
  expect(error).toMatchObject({ retryAfter: 5, cause });
});

test('a status is taken as it is', () => {
  const error = new StatusError('not_found', 'no such user');

  expect(StatusError.from(error)).toBe(error);
});

test('any other error becomes an internal one that tells the caller nothing, and keeps the cause for the log', () => {
  const error = new Error('password of the database is hunter2');

  const status = StatusError.from(error);

  expect(status).toMatchObject({ code: 'internal', message: 'internal error', cause: error });
});

test('who is not signed in is told to', () => {
  expect(() => signedIn({ ...createContext(), principal: undefined })).toThrow(
    expect.objectContaining({ code: 'unauthenticated' }),
  );
});
