import { durationFromMs } from '@bufbuild/protobuf/wkt';
import { describe, expect, test } from 'vitest';
import { codes, createContext, StatusError } from '@ko/endpoint';
import type { Connection } from './connection.ts';

export function describeErrors(connection: Connection): void {
  const failure = async (request: Parameters<typeof connection.client.fail>[0]): Promise<StatusError> => {
    const error: unknown = await connection.client.fail(request, createContext()).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(StatusError);
    return StatusError.from(error);
  };

  describe('errors', () => {
    test.for([...codes.entries()])('%$: the code %s comes back with all it says', async ([index, code]) => {
      const error = await failure({
        code: index + 1,
        message: 'not like this: 100 % “wrong”',
        reason: 'WRONG_BOOK',
        metadata: { book: 'shelves/1/books/2', limit: '3' },
        violations: ['lines[0].quantity', 'name'],
        retryAfter: durationFromMs(2_000),
      });

      const { message, reason, metadata, violations, retryAfter } = error;
      expect({ code: error.code, message, reason, metadata, violations, retryAfter }).toEqual({
        code,
        message: 'not like this: 100 % “wrong”',
        reason: 'WRONG_BOOK',
        metadata: { book: 'shelves/1/books/2', limit: '3' },
        violations: [
          { field: 'lines[0].quantity', description: 'lines[0].quantity is wrong', rule: 'test.rule' },
          { field: 'name', description: 'name is wrong', rule: 'test.rule' },
        ],
        retryAfter: 2_000,
      });
    });

    test('may have a message only', async () => {
      const { code, message, reason, metadata, violations, retryAfter } = await failure({
        code: 5,
        message: 'no book',
      });

      expect({ code, message, reason, metadata, violations, retryAfter }).toEqual({
        code: 'not_found',
        message: 'no book',
        reason: undefined,
        metadata: {},
        violations: [],
        retryAfter: undefined,
      });
    });

    test('that are no status tell the caller nothing', async () => {
      const error = await failure({ message: 'password is 1234' });

      expect(error).toMatchObject({ code: 'internal', message: 'internal error' });
    });

    test('come with the metadata of the answer', async () => {
      const context = createContext();

      await expect(connection.client.fail({ code: 5 }, context)).rejects.toThrow();

      expect(context.reply.get('x-failed')).toBe('yes');
    });
  });
}
