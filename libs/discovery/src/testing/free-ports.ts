import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:net';

/** Below the ports that systems give to connections, which come and go all the time. */
const range = { first: 10_000, last: 32_000 };

let next = randomInt(range.first, range.last);

/** Ports in a row that nobody listens on at the moment; each process goes through them from another one on. */
export async function freePorts(count: number): Promise<readonly number[]> {
  if (next + count > range.last) next = range.first;
  const row = Array.from({ length: count }, () => next++);
  const free = await Promise.all(row.map(isFree));
  return free.every(Boolean) ? row : freePorts(count);
}

async function isFree(port: number): Promise<boolean> {
  const server = createServer();
  try {
    await once(server.listen(port, '127.0.0.1'), 'listening');
  } catch {
    return false; // Taken, or not for us.
  }
  await once(server.close(), 'close');
  return true;
}
