import { StatusError } from '@ko/endpoint';
import type { UserCursor } from './service.ts';
import { isId } from './user.ts';

/** Where a list goes on, as text that only this service reads. */
export function pageToken({ createTime, id }: UserCursor): string {
  return Buffer.from(`${createTime.getTime()},${id}`).toString('base64url');
}

/** Reads what `pageToken` wrote; empty text is the start of the list. Throws `invalid_argument` on anything else. */
export function cursorFrom(token: string): UserCursor | undefined {
  if (token === '') return undefined;
  const [time = '', id = ''] = Buffer.from(token, 'base64url').toString().split(',');
  const cursor = { createTime: new Date(Number(time)), id };
  if (isId(id) && Number.isFinite(cursor.createTime.getTime()) && pageToken(cursor) === token) return cursor;
  const description = 'is not a page token of this list: leave it out to start from the first page';
  throw new StatusError('invalid_argument', `page_token ${description}`, {
    reason: 'PAGE_TOKEN_INVALID',
    violations: [{ field: 'page_token', description }],
  });
}
