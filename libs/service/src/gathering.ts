import { pino } from 'pino';

export interface GatheringOptions {
  /** Where to: standard output unless it is said. */
  readonly dest?: number;
  /** Bytes that are written at most at a time, unless one text has more. */
  readonly room: number;
  /** Milliseconds that text waits for more at most. */
  readonly patience: number;
}

/**
 * A stream that writes what comes within a moment together: a write costs far more than a line, and a text of many pieces
 * more than bytes. What it has is written at once on `flush`, and when the process ends. It writes by itself, not by a
 * thread: that costs several times as much, and the process may end before the thread has begun.
 */
export function gathering({ dest = 1, room, patience }: GatheringOptions): ReturnType<typeof pino.destination> {
  const stream = pino.destination({ dest, sync: true, contentMode: 'buffer' });
  const write = stream.write.bind(stream) as (bytes: unknown) => boolean; // in this mode it takes bytes, whatever its type says
  const flushSync = stream.flushSync.bind(stream);
  let gathered = Buffer.allocUnsafeSlow(room);
  let size = 0;
  let timer: NodeJS.Timeout | undefined;

  const send = (bytes: Buffer): void => {
    if (!isDestroyed(stream)) write(bytes);
  };
  const hand = (): void => {
    if (size === 0) return;
    const bytes = gathered.subarray(0, size);
    gathered = Buffer.allocUnsafeSlow(room); // what is sent may still be needed
    size = 0;
    process.off('exit', hand);
    send(bytes);
  };
  const tire = (): void => {
    timer = undefined;
    hand();
  };
  return Object.assign(stream, {
    write(more: string): boolean {
      const most = 3 * more.length; // in UTF-8
      if (size + most > room) hand();
      if (most > room) {
        send(Buffer.from(more));
        return true;
      }
      if (size === 0) process.once('exit', hand);
      size += gathered.write(more, size);
      timer ??= setTimeout(tire, patience).unref();
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
