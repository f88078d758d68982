import { pino } from 'pino';

export interface GatheringOptions {
  /** Where to: standard output unless it is said. */
  readonly dest?: number;
  /** Characters from which on text waits for no more. */
  readonly room: number;
  /** Milliseconds that text waits for more at most. */
  readonly patience: number;
}

/**
 * A stream that writes what comes within a moment together: a write costs far more than a line. What it has is written at
 * once on `flush`, and when the process ends. It writes by itself, not by a thread: that costs several times as much, and
 * the process may end before the thread has begun.
 */
export function gathering({ dest = 1, room, patience }: GatheringOptions): ReturnType<typeof pino.destination> {
  const stream = pino.destination({ dest, sync: true, contentMode: 'buffer' });
  const write = stream.write.bind(stream) as (bytes: unknown) => boolean; // in this mode it takes bytes, whatever its type says
  const flushSync = stream.flushSync.bind(stream);
  let gathered = '';
  let timer: NodeJS.Timeout | undefined;

  const hand = (): void => {
    if (gathered === '') return;
    const bytes = Buffer.from(gathered);
    gathered = '';
    process.off('exit', hand);
    if (!isDestroyed(stream)) write(bytes);
  };
  const tire = (): void => {
    timer = undefined;
    hand();
  };
  return Object.assign(stream, {
    write(more: string): boolean {
      if (gathered === '') process.once('exit', hand);
      gathered += more;
      if (gathered.length >= room) hand();
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
