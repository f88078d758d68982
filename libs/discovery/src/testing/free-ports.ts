import { once } from 'node:events';
import { createServer } from 'node:net';

/**
 * Below the ports that whole systems have in tests, and below those that are given to connections, which come and go all
 * the time. Tests that run at once have some each.
 */
const size = 200;
const first = 10_100 + size * (Number(process.env.VITEST_POOL_ID ?? 0) % 8);

let used = 0;

/** Ports that nobody listens on at the moment, and that were not handed out of late. */
export async function freePorts(count: number): Promise<readonly number[]> {
  const ports: number[] = [];
  while (ports.length < count) {
    const port = first + (used++ % size);
    if (await isFree(port)) ports.push(port);
  }
  return ports;
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
