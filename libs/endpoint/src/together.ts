let waiting: (() => void)[] = [];

function doAll(): void {
  const works = waiting;
  waiting = [];
  for (const work of works) work();
}

/**
 * Does work at the end of this turn of the event loop, one after the other with all that comes in the same turn. That costs
 * less than to do each as it comes, what they ask of a service goes out in one batch, and reads of the database are joined.
 * See docs/decisions/0018-requests-begin-together.md.
 */
export function together(work: () => void): void {
  if (waiting.push(work) === 1) setImmediate(doAll);
}
