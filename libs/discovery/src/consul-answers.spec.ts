import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';
import { expect, onTestFinished, test } from 'vitest';
import type { Entry } from './driver.ts';
import { instanceAt, type Instance } from './instance.ts';
import { openRegistry, openSource } from './open.ts';

interface Answer {
  readonly status?: number;
  readonly index?: number;
  readonly body?: unknown;
}

/** A Consul that answers what a test says, which a real one does only when it is broken or lost its state. */
async function fakeConsul(answer: (request: IncomingMessage) => Answer | Promise<Answer>): Promise<string> {
  const server = createServer((request, response) => {
    void (async () => {
      const { status = 200, index = 1, body = {} } = await answer(request);
      const type = typeof body === 'string' ? 'text/plain' : 'application/json';
      response.writeHead(status, { 'content-type': type, 'x-consul-index': String(index) });
      response.end(typeof body === 'string' ? body : JSON.stringify(body));
    })();
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return `127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** The indexes that a watcher asks with when Consul answers with these, one after the other. */
async function indexesAsked(...answers: readonly number[]): Promise<readonly string[]> {
  const asked: string[] = [];
  const stop = new AbortController();
  const address = await fakeConsul(({ url = '' }) => {
    asked.push(new URLSearchParams(url.split('?')[1]).get('index') ?? 'none');
    const index = answers[asked.length - 1];
    if (index === undefined) stop.abort();
    return { index: index ?? 1, body: [] };
  });
  await openSource(`consul://${address}/user`).watch(() => {}, stop.signal);
  return asked;
}

function entryAt(address: string, instance: Instance, parameters = ''): Entry {
  return openRegistry(`consul://${address}${parameters}`).entry({ service: 'user', instance, ttl: 3_000 });
}

test.each([
  ['asks for what comes after the last answer', [5, 7], ['0', '5', '7']],
  ['begins anew when the index goes back, as after a loss of state', [5, 3, 4], ['0', '5', '0', '4']],
  ['asks a question that blocks though the index is 0', [0, 0], ['0', '1', '1']],
])('a watcher %s', async (_, answers, asked) => {
  expect(await indexesAsked(...answers)).toEqual(asked);
});

test('what others say of instances is taken as far as it makes sense', async () => {
  const services = [
    { ID: 'a', Address: '10.0.0.1', Port: 1, Meta: { weight: 'heavy', team: 'x' }, Weights: { Passing: 5 } },
    { ID: 'b', Address: '10.0.0.1', Port: 2, Meta: { weight: '-1' } },
    { ID: 'c', Address: '10.0.0.1', Port: 0, Meta: null },
    { ID: 'd', Address: '', Port: 4, Meta: null },
    { ID: 'e', Address: '::1', Port: 5, Meta: { weight: '0', zone: 'north' }, Weights: { Passing: 5 } },
  ];
  const address = await fakeConsul(() => ({
    body: services.map((Service) => ({ Node: { Address: '10.0.0.9' }, Service })),
  }));
  const stop = new AbortController();
  const lists: (readonly Instance[])[] = [];

  await openSource(`consul://${address}/user`).watch((found) => {
    lists.push(found);
    stop.abort();
  }, stop.signal);

  expect(lists).toEqual([
    [
      instanceAt('10.0.0.1:1', { id: 'a', weight: 5, metadata: { team: 'x' } }),
      instanceAt('10.0.0.1:2', { id: 'b' }),
      instanceAt('10.0.0.9:4', { id: 'd' }),
      instanceAt('[::1]:5', { id: 'e', weight: 0, zone: 'north' }),
    ],
  ]);
});

test('a token is sent, and is not in the error when Consul refuses it', async () => {
  const tokens: unknown[] = [];
  const address = await fakeConsul(({ headers }) => {
    tokens.push(headers['x-consul-token']);
    return { status: 403, body: 'ACL not found' };
  });

  const watching = openSource(`consul://${address}/user?token=secret`).watch(() => {}, AbortSignal.timeout(10_000));

  await expect(watching).rejects.toThrow(/^Consul: ACL not found$/);
  expect(tokens).toEqual(['secret']);
});

test.each([
  [403, 'ACL not found', /^Consul: ACL not found$/],
  [500, 'No cluster leader', /^Consul: No cluster leader$/],
])(
  'a registration stays when Consul refuses to remove it with %i %s, and that is said',
  async (status, body, message) => {
    const address = await fakeConsul(() => ({ status, body }));

    const removed = entryAt(address, instanceAt('127.0.0.1:1')).remove(AbortSignal.timeout(10_000));

    await expect(removed).rejects.toThrow(message);
  },
);

test.each([
  [404, 'Unknown service ID "127.0.0.1:1"'],
  [500, 'Unknown service "127.0.0.1:1"'],
])('a registration that Consul does not know, as it says with %i, is removed', async (status, body) => {
  const address = await fakeConsul(() => ({ status, body }));

  const removed = entryAt(address, instanceAt('127.0.0.1:1')).remove(AbortSignal.timeout(10_000));

  await expect(removed).resolves.toBeUndefined();
});

test('Consul is told to ask a process at an IPv6 address in a way that it understands', async () => {
  const registered: unknown[] = [];
  const address = await fakeConsul(async (request) => {
    if (request.method === 'PUT') registered.push(await json(request));
    return {};
  });

  await entryAt(address, instanceAt('[::1]:50051'), '?check=grpc').reconcile(AbortSignal.timeout(10_000));

  expect(registered).toMatchObject([{ Address: '::1', Port: 50_051, Check: { GRPC: '[::1]:50051' } }]);
});
