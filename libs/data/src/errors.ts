import { reasonOf, StatusError } from '@ko/endpoint';
import { DriverAdapterError } from '@prisma/driver-adapter-utils';

/** Whether the database refused a row because another has the same key. */
export function isUniqueViolation(error: unknown): boolean {
  return codeOf(error) === 'P2002';
}

/** Prisma's codes for a server that is away, closes connections or gives none in time; Postgres' for one that stops or starts. */
const outages = new Set([
  ...['P1000', 'P1001', 'P1002', 'P1003', 'P1008', 'P1011', 'P1017', 'P2024', 'P2037', 'ECONNREFUSED'],
  ...['57P01', '57P02', '57P03'],
]);

/** For what has no code: Prisma waits for a transaction as long as the pool for a connection, and either may be first. */
const outage =
  /timeout exceeded when trying to connect|Unable to start a transaction in the given time|Connection terminated|ECONNREFUSED/;

/** SQLSTATE query_canceled. */
const queryCanceled = '57014';

/** What callers are told of an error: `signal` is that of the call which failed. */
export function translate(error: unknown, signal: AbortSignal): unknown {
  if (error instanceof StatusError) return error;
  const said = error instanceof Error ? error.message : '';
  if (outages.has(codeOf(error)) || outages.has(sqlState(error)) || outage.test(said)) {
    return new StatusError('unavailable', 'the database cannot be reached at the moment', {
      reason: 'DATABASE_UNAVAILABLE',
      retryAfter: 1_000,
      cause: error,
    });
  }
  if (said.includes('canceling statement due to statement timeout')) {
    return new StatusError('deadline_exceeded', 'the database took too long', {
      reason: 'DATABASE_TIMEOUT',
      cause: error,
    });
  }
  if (sqlState(error) === queryCanceled) {
    if (signal.aborted) return reasonOf(signal);
    return new StatusError('unavailable', 'the database cancelled the query', {
      reason: 'DATABASE_QUERY_CANCELLED',
      cause: error,
    });
  }
  return error;
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : '';
}

/** What Postgres itself said, which Prisma has no code of its own for. */
function sqlState(error: unknown): string {
  const { driverAdapterError = error } = error instanceof Error && 'meta' in error ? (Object(error.meta) as Meta) : {};
  return driverAdapterError instanceof DriverAdapterError ? (driverAdapterError.cause.originalCode ?? '') : '';
}

interface Meta {
  readonly driverAdapterError?: unknown;
}
