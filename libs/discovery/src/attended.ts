/** Milliseconds between two looks at the clock. */
const tick = 50;

/**
 * Does something that may take so many milliseconds of attention: of time in which this process could have heard the
 * answer. While its event loop is busy an answer may be there and unread, and says nothing against who gave it.
 */
export async function withinAttended<T>(milliseconds: number, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const late = new AbortController();
  let left = milliseconds;
  let last = performance.now();
  const look = (): void => {
    const now = performance.now();
    left -= Math.min(now - last, 2 * tick);
    last = now;
    if (left <= 0) late.abort();
  };
  const timer = setInterval(look, tick).unref();
  try {
    return await work(late.signal);
  } finally {
    clearInterval(timer);
  }
}
