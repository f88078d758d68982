import { durationMs, type Duration } from '@bufbuild/protobuf/wkt';
import { EventEmitter } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import type { ConformanceService, FailRequest } from '@ko/contracts/conformance';
import { codes, StatusError, type Code, type Context, type Endpoints } from '@ko/endpoint';

/** What a test sees of the callee's side. */
export interface ProbeEvents {
  /** A call has arrived. */
  call: [Context];
  /** A book is about to be sent, the n-th of its stream. */
  book: [number];
  /** A stream of books is over, however that came about. */
  closed: [];
}

/** The conformance service as every transport serves it, and what happens in it. */
export function conformance() {
  const probe = new EventEmitter<ProbeEvents>();
  const endpoints: Endpoints<typeof ConformanceService> = {
    echo: async (book, context) => {
      probe.emit('call', context);
      return book;
    },
    fail: async (request, context) => {
      context.reply.set('x-failed', 'yes');
      throw failureOf(request);
    },
    // Without a duration it never answers, and does not care whether anybody waits.
    wait: async ({ duration }, context) => {
      probe.emit('call', context);
      if (duration === undefined) return new Promise(() => {});
      await delay(durationMs(duration), undefined, { signal: context.signal });
      return {};
    },
    returnMetadata: async (_, { metadata, reply }) => {
      for (const [name, value] of Object.entries(metadata)) if (name.startsWith('x-')) reply.set(name, value);
      return { metadata: { ...metadata } };
    },
    download: async (request, context) => {
      probe.emit('call', context);
      context.reply.set('x-books', String(request.count));
      return books(request, probe);
    },
    upload: async (books) => {
      let count = 0;
      let bytes = 0n;
      for await (const { cover } of books) {
        count++;
        bytes += BigInt(cover.byteLength);
        if (count === stopAfter) break;
      }
      return { books: count, bytes };
    },
    exchange: async (books, context) => {
      probe.emit('call', context);
      return exchanged(books, probe);
    },
  };
  return { endpoints, probe };
}

/** Upload reads no more books than this. */
export const stopAfter = 1_000;

/** The error that the request tells to fail with: none that is a status when its code is 0. */
function failureOf({ code, message, reason, metadata, violations, retryAfter }: FailRequest): Error {
  if (code === 0) return new Error(message);
  return new StatusError(codeOf(code), message, {
    metadata,
    ...(reason !== '' && { reason }),
    violations: violations.map((field) => ({ field, description: `${field} is wrong`, rule: 'test.rule' })),
    ...(retryAfter !== undefined && { retryAfter: durationMs(retryAfter) }),
  });
}

function codeOf(number: number): Code {
  return codes[number - 1] ?? 'unknown';
}

interface Download {
  readonly count: number;
  readonly coverSize: number;
  readonly failWith: number;
  readonly pause?: Duration | undefined;
}

async function* books({ count, coverSize, failWith, pause }: Download, probe: EventEmitter<ProbeEvents>) {
  try {
    for (let n = 1; n <= count; n++) {
      if (pause !== undefined) await delay(durationMs(pause));
      probe.emit('book', n);
      yield { count: n, cover: new Uint8Array(coverSize) };
    }
    if (failWith !== 0) throw new StatusError(codeOf(failWith), 'no more books', { reason: 'SOLD_OUT' });
  } finally {
    probe.emit('closed');
  }
}

async function* exchanged<T>(books: AsyncIterable<T>, probe: EventEmitter<ProbeEvents>): AsyncGenerator<T> {
  try {
    yield* books;
  } finally {
    probe.emit('closed');
  }
}
