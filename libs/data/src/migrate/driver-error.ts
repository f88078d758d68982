import type { Error as DriverError } from '@prisma/driver-adapter-utils';
import pg from 'pg';
import { databaseName } from '../database-url.ts';

/** An error of `pg`, met at the URL, in the words of the schema engine. */
export function toDriverError(error: unknown, url: string): DriverError {
  const { message, code } = describe(error);
  const original = { originalMessage: message, ...(code !== undefined && { originalCode: code }) };
  switch (code) {
    case '3D000':
      return { ...original, kind: 'DatabaseDoesNotExist', db: databaseName(url) };
    case '42P04':
      return { ...original, kind: 'DatabaseAlreadyExists', db: databaseName(url) };
    case '28P01':
      return { ...original, kind: 'AuthenticationFailed', user: new URL(url).username };
    default: {
      const { severity, detail, column, hint } = error instanceof pg.DatabaseError ? error : {};
      const known = { detail, column, hint };
      return { ...original, kind: 'postgres', code: code ?? 'N/A', severity: severity ?? 'N/A', message, ...known };
    }
  }
}

function describe(error: unknown): { readonly message: string; readonly code: string | undefined } {
  if (!(error instanceof Error)) return { message: String(error), code: undefined };
  const code = 'code' in error && typeof error.code === 'string' ? error.code : undefined;
  // Several addresses that all fail make an AggregateError without a message.
  return { message: error.message || (code ?? error.name), code };
}
