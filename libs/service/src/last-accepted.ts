import type { Server } from 'node:net';
import { setImmediate as nextTurn } from 'node:timers/promises';

/** Milliseconds to wait for a moment in which nothing arrives. */
const patience = 500;

/** Milliseconds; a longer turn of the event loop leaves time for something to arrive unseen. */
const shortTurn = 0.2;

/**
 * Resolves when a server that is about to close has accepted all connections that wait for it: the kernel resets those
 * that still wait when it closes, though another process listens on the same port (unless net.ipv4.tcp_migrate_req is
 * set). Meanwhile the kernel makes new ones wait outside, and offers them to the other process when they try again.
 */
export async function lastAccepted(server: Server): Promise<void> {
  let arrivals = 0;
  const arrive = (): void => {
    arrivals++;
  };
  server.on('connection', arrive);
  closeQueue(server);
  await nextTurn();
  const late = performance.now() + patience;
  for (let isQuiet = false; !isQuiet && performance.now() < late;) {
    const before = arrivals;
    const since = performance.now();
    await nextTurn();
    isQuiet = arrivals === before && performance.now() - since < shortTurn;
  }
  server.off('connection', arrive);
}

/** Node's own way to `listen(2)`, which its types leave out: done again, it only sets how many may wait. */
interface Listening {
  readonly _handle?: { listen?(backlog: number): number } | null;
}

function closeQueue(server: Server): void {
  const { _handle: handle } = server as unknown as Listening;
  handle?.listen?.(0);
}
