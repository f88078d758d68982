import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { Etcd } from './etcd-client.ts';
import type { Instance } from './instance.ts';
import { openSource } from './open.ts';

/** An etcd that only answers what a test says, by path. */
async function fakeEtcd(answers: Readonly<Record<string, readonly [status: number, body: string]>>): Promise<string> {
  const server = createServer((request, response) => {
    const [status, body] = answers[request.url ?? ''] ?? [404, ''];
    response.writeHead(status).end(body);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return `127.0.0.1:${(server.address() as AddressInfo).port}`;
}

function listOf(...values: readonly string[]): readonly [number, string] {
  const kvs = values.map((value, index) => ({ key: btoa(`services/user/${index}`), value: btoa(value) }));
  return [200, JSON.stringify({ header: { revision: '7' }, kvs })];
}

test.each([
  ['by its status', [403, '<html>forbidden</html>'], /^etcd: the watch is refused: status 403$/],
  ['in the stream', [200, '{"error":{"message":"permission denied"}}'], /^etcd: the watch failed: .*permission denied/],
] as const)(
  'a watch that is refused %s fails, rather than being asked for again and again',
  async (_, watch, message) => {
    const address = await fakeEtcd({ '/v3/kv/range': listOf(), '/v3/watch': watch });

    const watching = openSource(`etcd://${address}/user`).watch(() => {}, AbortSignal.timeout(10_000));

    await expect(watching).rejects.toThrow(message);
  },
);

test('a watch from a revision that is compacted away ends, so that the list is read again', async () => {
  const address = await fakeEtcd({ '/v3/watch': [200, '{"result":{"canceled":true,"compact_revision":"9"}}'] });

  const changed = new Etcd([address], false).change('services/user/', 1n, {
    signal: AbortSignal.timeout(10_000),
    wait: 10_000,
  });

  await expect(changed).resolves.toBeUndefined();
});

test('what is no instance is passed over', async () => {
  const values = ['', 'null', '"x:1"', '{}', '{"address":["h:1"]}', '{"address":"h:1","weight":"heavy"}'];
  const more = ['{"address":"h:1","weight":-1}', '{"address":"h:1","metadata":null}', '{"address":"h:1","id":null}'];
  const address = await fakeEtcd({
    '/v3/kv/range': listOf(...values, ...more, '{"address":"h:9"}'),
    '/v3/watch': [403, ''],
  });
  const lists: (readonly Instance[])[] = [];

  await openSource(`etcd://${address}/user`)
    .watch((found) => lists.push(found), AbortSignal.timeout(10_000))
    .catch(() => {});

  expect(lists).toEqual([[{ id: 'h:9', address: 'h:9', version: '', zone: '', weight: 1, metadata: {} }]]);
});
