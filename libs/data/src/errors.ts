import { isStream, StatusError, type Middleware } from '@ko/endpoint';

/** Whether the database refused a row because another has the same key. */
export function isUniqueViolation(error: unknown): boolean {
  return codeOf(error) === 'P2002';
}

/**
 * Makes `unavailable` of what fails because Postgres cannot be reached or has no connection left, and `deadline_exceeded`
 * of a statement that it had to cancel. Stands innermost, around endpoints that use a database.
 */
export function databaseErrors(): Middleware {
  return (next) => async (request, context) => {
    try {
      const response = await next(request, context);
      // What comes back is read as the stream that went in.
      return isStream(response) ? (translated(response) as unknown as typeof response) : response;
    } catch (error) {
      throw translate(error);
    }
  };
}

async function* translated<T>(stream: AsyncIterable<T>): AsyncGenerator<T> {
  try {
    yield* stream;
  } catch (error) {
    throw translate(error);
  }
}

/** Prisma's codes for a server that is away, closes connections or gives none in time. */
const outages = new Set([
  'P1000',
  'P1001',
  'P1002',
  'P1003',
  'P1008',
  'P1011',
  'P1017',
  'P2024',
  'P2037',
  'ECONNREFUSED',
]);

function translate(error: unknown): unknown {
  if (error instanceof StatusError) return error;
  const code = codeOf(error);
  const said = error instanceof Error ? error.message : '';
  if (outages.has(code) || /timeout exceeded when trying to connect|Connection terminated|ECONNREFUSED/.test(said)) {
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
  return error;
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : '';
}
