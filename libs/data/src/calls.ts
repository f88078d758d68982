import { isStream, type Middleware } from '@ko/endpoint';
import { doneFor } from './callers.ts';
import { translate } from './errors.ts';

/**
 * Ends what a call does in the database, and its wait for a connection, when its signal aborts: the call then fails with
 * the signal's reason. Also makes `unavailable` of what fails because Postgres cannot be reached or has no connection
 * left, and `deadline_exceeded` of a statement that Postgres ended by itself. Stands innermost, around endpoints that use
 * a database.
 */
export function databaseCalls(): Middleware {
  return (next) => async (request, context) => {
    const { signal } = context;
    try {
      // A query of Prisma's begins when it is awaited, which has to be here.
      const response = await doneFor(signal, async () => next(request, context));
      // What comes back is read as the stream that went in.
      return isStream(response) ? (translated(response, signal) as unknown as typeof response) : response;
    } catch (error) {
      throw translate(error, signal);
    }
  };
}

async function* translated<T>(stream: AsyncIterable<T>, signal: AbortSignal): AsyncGenerator<T> {
  try {
    yield* readFor(signal, stream);
  } catch (error) {
    throw translate(error, signal);
  }
}

/** The stream, each item of it made for the caller whose signal it is. */
function readFor<T>(signal: AbortSignal, stream: AsyncIterable<T>): AsyncIterable<T> {
  return {
    [Symbol.asyncIterator]() {
      const items = doneFor(signal, () => stream[Symbol.asyncIterator]());
      return {
        next: () => doneFor(signal, () => items.next()),
        async return() {
          await doneFor(signal, async () => items.return?.());
          return { done: true, value: undefined };
        },
      };
    },
  };
}
