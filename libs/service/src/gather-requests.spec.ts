import { once } from 'node:events';
import { createServer } from 'node:http';
import { connect, type AddressInfo, type Socket } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { gatherRequests } from './gather-requests.ts';

/** A server, and connections to it that have been used before. */
async function served(
  connections: number,
  begun: (path: string) => void,
): Promise<readonly [Socket, ...(readonly Socket[])]> {
  const server = createServer((request, response) => {
    begun(request.url ?? '');
    request.resume().once('end', () => response.end('done'));
  });
  gatherRequests(server);
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const { port } = server.address() as AddressInfo;
  const open = async () => {
    const socket = connect({ port, host: '127.0.0.1' });
    socket.write(get('/first'));
    await once(socket, 'data');
    return socket;
  };
  const [socket, ...others] = await Promise.all([open(), ...Array.from({ length: connections - 1 }, open)]);
  onTestFinished(() => {
    for (const one of [socket, ...others]) one.destroy();
    server.close();
  });
  return [socket, ...others];
}

function get(path: string): string {
  return `GET ${path} HTTP/1.1\r\nHost: here\r\n\r\n`;
}

function block(milliseconds: number): void {
  const until = performance.now() + milliseconds;
  while (performance.now() < until);
}

test('what arrives in one turn begins before any of it goes on', async () => {
  const events: string[] = [];
  const sockets = await served(3, (path) => {
    events.push(`${path} begins`);
    queueMicrotask(() => events.push(`${path} goes on`));
  });
  events.length = 0;

  for (const [index, socket] of sockets.entries()) socket.write(get(`/${index}`));
  block(50);
  await Promise.all(sockets.map(async (socket) => once(socket, 'data')));

  const first = ['/0 begins', '/1 begins', '/2 begins'];
  expect(events.slice(0, 3).toSorted()).toEqual(first);
  expect(events).toHaveLength(6);
});

test('a body that is there before its request begins is read', async () => {
  const [socket] = await served(1, () => {});

  socket.write(`POST /body HTTP/1.1\r\nHost: here\r\nContent-Length: 4\r\n\r\nbody`);
  const [answer] = (await once(socket, 'data')) as [Buffer];

  expect(answer.toString()).toContain('200 OK');
});

test('requests of one connection are answered in their order', async () => {
  const paths: string[] = [];
  const [socket] = await served(1, (path) => paths.push(path));
  paths.length = 0;

  socket.write(get('/1') + get('/2') + get('/3'));
  while (paths.length < 3) await once(socket, 'data');

  expect(paths).toEqual(['/1', '/2', '/3']);
});

test('who has gone before its request begins harms nobody', async () => {
  const paths: string[] = [];
  const [leaver, other] = await served(2, (path) => paths.push(path));

  leaver.write(get('/left'));
  leaver.destroy();
  other?.write(get('/stays'));
  block(50);
  const [answer] = (await once(other ?? leaver, 'data')) as [Buffer];

  expect(answer.toString()).toContain('200 OK');
  expect(paths).toContain('/stays');
});
