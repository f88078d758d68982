import { StatusError } from '@ko/endpoint';
import { problem } from './problem.ts';

/** How a stream of messages is written: one way for each media type. */
interface StreamFormat {
  readonly message: (json: string) => string;
  /** What ends a stream that fails after it has begun. */
  readonly failure: (json: string) => string;
  /** What ends a stream that is complete. */
  readonly end: string;
  /** What keeps an idle connection open, saying nothing. */
  readonly heartbeat: string;
}

/**
 * `application/x-ndjson`: a line `{"result": message}` for each message, and `{"error": problem}` as the last line of a
 * stream that fails. `text/event-stream`: an event for each message, then `event: end`, or `event: error` with the problem.
 */
export const streamFormats = {
  'application/x-ndjson': {
    message: (json) => `{"result":${json}}\n`,
    failure: (json) => `{"error":${json}}\n`,
    end: '',
    heartbeat: '\n',
  },
  'text/event-stream': {
    message: (json) => `data: ${json}\n\n`,
    failure: (json) => `event: error\ndata: ${json}\n\n`,
    end: 'event: end\ndata: {}\n\n',
    heartbeat: ': idle\n\n',
  },
} as const satisfies Readonly<Record<string, StreamFormat>>;

/** The media types of streams, the default first. */
export const streamTypes = ['application/x-ndjson', 'text/event-stream'] as const;

interface StreamBodyOptions {
  readonly format: StreamFormat;
  readonly requestId: string;
  /** Milliseconds without a message after which a heartbeat is sent. */
  readonly heartbeat: number;
}

/**
 * Begins a stream, and resolves to the text that it makes. Rejects when it fails before its first message, as long as that
 * comes within the time of a heartbeat: after it, failures are part of the text.
 */
export async function streamBody(
  items: AsyncIterable<unknown>,
  encode: (item: unknown) => string,
  { format, requestId, heartbeat }: StreamBodyOptions,
): Promise<AsyncIterable<string>> {
  const iterator = items[Symbol.asyncIterator]();
  let next = iterator.next();
  const first = await within(next, heartbeat).catch((error: unknown) => {
    throw StatusError.from(error);
  });

  return (async function* () {
    try {
      for (let item = first; item?.done !== true; item = await within(next, heartbeat)) {
        yield item === undefined ? format.heartbeat : format.message(encode(item.value));
        if (item !== undefined) next = iterator.next();
      }
      if (format.end !== '') yield format.end;
    } catch (error) {
      yield format.failure(JSON.stringify(problem(StatusError.from(error), requestId)));
    } finally {
      await iterator.return?.();
    }
  })();
}

/** What a promise resolves to, or undefined when that takes longer. */
async function within<T>(promise: Promise<T>, milliseconds: number): Promise<T | undefined> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<undefined>((resolve) => {
    timer = setTimeout(resolve, milliseconds, undefined);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}
