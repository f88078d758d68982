import type { pino } from 'pino';

type Stream = ReturnType<typeof pino.destination>;

export interface GatheringOptions {
  /** Characters that are enough for one write. */
  readonly enough: number;
  /** Milliseconds that text waits for more at most. */
  readonly patience: number;
}

/**
 * The stream, which writes what comes within a moment together: a write costs far more than a line. What it has is written
 * at once on `flush`, and when the process ends. The stream has to be one that writes by itself, not by a thread: that
 * costs several times as much, and the process may end before the thread has begun.
 */
export function gathering(stream: Stream, { enough, patience }: GatheringOptions): Stream {
  const write = stream.write.bind(stream);
  const flushSync = stream.flushSync.bind(stream);
  let text = '';
  let timer: NodeJS.Timeout | undefined;

  const hand = (): void => {
    const gathered = text;
    text = '';
    process.off('exit', hand);
    if (gathered !== '' && !isDestroyed(stream)) write(gathered);
  };
  const tire = (): void => {
    timer = undefined;
    hand();
  };
  return Object.assign(stream, {
    write(more: string): boolean {
      if (text === '') process.once('exit', hand);
      text += more;
      if (text.length >= enough) hand();
      else timer ??= setTimeout(tire, patience).unref();
      return true;
    },
    flush(done?: (error?: Error) => unknown): void {
      hand();
      done?.();
    },
    flushSync(): void {
      hand();
      flushSync();
    },
  });
}

/** Whether a stream takes no more, which its type does not tell. */
function isDestroyed(stream: object): boolean {
  return 'destroyed' in stream && stream.destroyed === true;
}
