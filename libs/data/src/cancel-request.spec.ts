import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { expect, onTestFinished, test } from 'vitest';
import { doneFor } from './callers.ts';
import { CancellablePool } from './cancellable-pool.ts';
import { serverUrl } from './testing/index.ts';

/** What happens to new connections on the way to Postgres. */
type Way = 'open' | 'silent' | 'cut';

/** A way to Postgres that may be blocked for what comes next. */
async function wayToPostgres() {
  const { hostname, port, pathname, username } = new URL(serverUrl());
  const sockets: Socket[] = [];
  const seen = { way: 'open' as Way, connections: 0 };
  const server = createServer((socket) => {
    seen.connections += 1;
    sockets.push(socket.on('error', () => {}));
    if (seen.way === 'cut') socket.destroy();
    if (seen.way !== 'open') return;
    const onward = connect(Number(port), hostname).on('error', () => {});
    sockets.push(onward);
    socket.pipe(onward).pipe(socket);
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  onTestFinished(() => {
    server.close();
    for (const socket of sockets) socket.destroy();
  });
  const url = `postgresql://${username}@127.0.0.1:${String((server.address() as AddressInfo).port)}${pathname}`;
  const pool = new CancellablePool({ connectionString: url, max: 1, connectionTimeoutMillis: 5_000 });
  onTestFinished(async () => pool.end());
  const backend = async () => (await pool.query<{ pid: number }>('SELECT pg_backend_pid() AS pid')).rows[0]?.pid;
  return { pool, seen, backend };
}

test.each<{ way: Way; outcome: string; isKept: boolean }>([
  { way: 'silent', outcome: 'is given up while the word may still arrive', isKept: false },
  { way: 'cut', outcome: 'is kept when nobody passes the word on', isKept: true },
])('a connection whose query cannot be cancelled $outcome', async ({ way, isKept }) => {
  const { pool, seen, backend } = await wayToPostgres();
  const first = await backend();
  const controller = new AbortController();
  seen.way = way;
  const query = doneFor(controller.signal, () => pool.query('SELECT pg_sleep(0.5)'));
  await delay(50);

  controller.abort();

  await expect(query).resolves.toMatchObject({ rowCount: 1 });
  expect(seen.connections).toBeGreaterThan(1);
  seen.way = 'open';
  expect((await backend()) === first).toBe(isKept);
});
