import { createHash } from 'node:crypto';
import { StatusError } from '@ko/endpoint';
import { z } from 'zod';

/** The place of a resource in a list whose newest come first. */
export interface Cursor {
  readonly createTime: Date;
  readonly id: string;
}

const defaultPageSize = 50;

const contents = z.tuple([z.int().min(-8.64e15).max(8.64e15), z.guid(), z.string()]);

/** How many a page has at most; where the request does not say, 50. */
export function pageSizeOf({ pageSize }: { readonly pageSize: number }): number {
  return pageSize === 0 ? defaultPageSize : pageSize;
}

/**
 * What stands for the next page: opaque to the caller, and good for the same filter only, which is anything that
 * JSON can say. Empty when there is none.
 */
export function pageTokenOf(next: Cursor | undefined, filter: object = {}): string {
  if (next === undefined) return '';
  const said: z.infer<typeof contents> = [next.createTime.getTime(), next.id, hashOf(filter)];
  return Buffer.from(JSON.stringify(said)).toString('base64url');
}

/** Where the page begins; undefined for the first. Throws `invalid_argument` for a token that was not given for the filter. */
export function cursorIn(token: string, filter: object = {}): Cursor | undefined {
  if (token === '') return undefined;
  const [time, id, hash] = contents.safeParse(decoded(token)).data ?? [];
  if (time === undefined || id === undefined) {
    throw invalid(
      'PAGE_TOKEN_INVALID',
      'must be the next_page_token of the page before, unchanged; leave it out for the first page',
    );
  }
  if (hash !== hashOf(filter)) {
    throw invalid(
      'PAGE_TOKEN_OF_OTHER_FILTERS',
      'was given for other filters: keep them from page to page, or leave it out to begin anew',
    );
  }
  return { createTime: new Date(time), id };
}

function decoded(token: string): unknown {
  try {
    return JSON.parse(Buffer.from(token, 'base64url').toString());
  } catch {
    return undefined; // what is no JSON is no token either
  }
}

function hashOf(filter: object): string {
  return createHash('sha256').update(JSON.stringify(filter)).digest('base64url').slice(0, 16);
}

function invalid(reason: string, description: string): StatusError {
  return new StatusError('invalid_argument', `page_token ${description}`, {
    reason,
    violations: [{ field: 'page_token', rule: 'page_token', description }],
  });
}
