import { createRegistry } from '@ko/service';
import { serverOptions } from '@ko/transport';
import Fastify from 'fastify';
import { pino } from 'pino';
import { connect } from 'node:net';
import { once } from 'node:events';
import { expect, onTestFinished, test } from 'vitest';
import { accessLog } from './access-log.ts';

const traceId = 'af7651916cd43dd8448eb211c80319c0';

/** A server with a route that is part of a trace whose flags are given, and two that wait for their callers to go. */
async function served(flags = '01') {
  const lines: string[] = [];
  const log = pino({ base: null }, { write: (line) => void lines.push(line) });
  const metrics = createRegistry('');
  const app = Fastify(serverOptions);
  const observe = accessLog({ log, metrics });
  app.addHook('onRequest', async (request, reply) => observe(request, reply));
  app.get('/v1/things/:id', { config: { template: '/v1/{name=things/*}' } }, async (_, reply) =>
    reply.header('traceresponse', `00-${traceId}-b7ad6b7169203331-${flags}`).code(202).send(),
  );
  app.get('/v1/waits', async (_, reply) => {
    await once(reply.raw, 'close');
    return reply.header('traceresponse', `00-${traceId}-b7ad6b7169203331-${flags}`).code(504).send();
  });
  app.post('/v1/takes', () => ({}));
  app.get('/v1/waits-longer', () => new Promise(() => {}));
  const address = await app.listen({ host: '127.0.0.1', port: 0 });
  onTestFinished(() => app.close());
  const send = async (bytes: string): Promise<void> => {
    const began = once(app.server, 'request');
    const socket = connect(Number(new URL(address).port), '127.0.0.1');
    socket.write(bytes);
    await began;
    socket.destroy();
  };
  return {
    ask: (path: string, headers = {}) => fetch(address + path, { headers }),
    /** Sends what is to be the beginning of a request, and goes. */
    send,
    /** Asks, and goes before there is an answer. */
    leave: async (path: string) => send(`GET ${path} HTTP/1.1\r\nHost: localhost\r\n\r\n`),
    metrics,
    logged: () => lines.map((line) => JSON.parse(line) as Readonly<Record<string, unknown>>),
  };
}

test('a request is one line, without its query, and one measurement, by the route of the contract', async () => {
  const { ask, metrics, logged } = await served();

  await ask('/v1/things/7?secret=x', { 'x-request-id': 'r1', 'user-agent': 'test' });

  await expect.poll(logged).toMatchObject([
    {
      msg: 'access',
      request_id: 'r1',
      trace_id: traceId,
      span_id: 'b7ad6b7169203331',
      method: 'GET',
      path: '/v1/things/7',
      status: 202,
      peer: '127.0.0.1',
      user_agent: 'test',
    },
  ]);
  expect(await metrics.metrics()).toMatch(
    new RegExp(
      `http_server_request_duration_seconds_bucket{.*route="/v1/{name=things/\\*}",status="202"} 1 # {trace_id="${traceId}"}`,
    ),
  );
});

test('what has no route counts as one, however it is called', async () => {
  const { ask, metrics, logged } = await served();

  await ask('/wp-admin');
  await ask('/.git/config');

  await expect
    .poll(() => logged().map(({ path, status }) => [path, status]))
    .toEqual([
      ['/wp-admin', 404],
      ['/.git/config', 404],
    ]);
  expect(await metrics.metrics()).toMatch(/request_duration_seconds_count{.*route="unmatched",status="404"} 2/);
});

test('a trace that is not kept is in the line, and is no example', async () => {
  const { ask, metrics, logged } = await served('00');

  await ask('/v1/things/7');

  await expect.poll(logged).toMatchObject([{ trace_id: traceId }]);
  expect(await metrics.metrics()).not.toContain(`# {trace_id=`);
});

test.each([
  ['/v1/waits', { status: 504, trace_id: traceId }],
  ['/v1/waits-longer', { status: 499 }],
])('a request whose caller has gone is a line and a measurement, too: %s', async (path, line) => {
  const { leave, metrics, logged } = await served();

  await leave(path);

  await expect.poll(logged).toMatchObject([{ path, peer: '127.0.0.1', ...line }]);
  expect(await metrics.metrics()).toContain(`route="${path}",status="${line.status}"} 1`);
});

test('a request that its caller does not finish is one whose caller has gone', async () => {
  const { send, logged } = await served();

  await send('POST /v1/takes HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 9\r\n\r\n{');

  await expect.poll(logged).toMatchObject([{ path: '/v1/takes', status: 499 }]);
});

test('a path is one, whatever the target of the request', async () => {
  const { send, logged } = await served();

  await send('GET http://ada:secret@localhost/v1/things/7?x=1 HTTP/1.1\r\nHost: localhost\r\n\r\n');

  await expect.poll(logged).toMatchObject([{ path: '/v1/things/7' }]);
});
