import { createRegistry } from '@ko/service';
import { serverOptions } from '@ko/transport';
import Fastify from 'fastify';
import { pino } from 'pino';
import { expect, test } from 'vitest';
import { accessLog } from './access-log.ts';

const traceId = 'af7651916cd43dd8448eb211c80319c0';

/** A server with one route, that is part of a trace whose flags are given. */
function served(flags = '01') {
  const lines: string[] = [];
  const log = pino({ base: null }, { write: (line) => void lines.push(line) });
  const metrics = createRegistry('');
  const app = Fastify(serverOptions);
  accessLog(app, { log, metrics });
  app.get('/v1/things/:id', { config: { template: '/v1/{name=things/*}' } }, async (_, reply) =>
    reply.header('traceresponse', `00-${traceId}-b7ad6b7169203331-${flags}`).code(202).send(),
  );
  return { app, metrics, logged: () => lines.map((line) => JSON.parse(line) as Readonly<Record<string, unknown>>) };
}

test('a request is one line, without its query, and one measurement, by the route of the contract', async () => {
  const { app, metrics, logged } = served();

  await app.inject({ url: '/v1/things/7?secret=x', headers: { 'x-request-id': 'r1', 'user-agent': 'test' } });

  expect(logged()).toMatchObject([
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
  const { app, metrics, logged } = served();

  await app.inject('/wp-admin');
  await app.inject('/.git/config');

  expect(logged().map(({ path, status }) => [path, status])).toEqual([
    ['/wp-admin', 404],
    ['/.git/config', 404],
  ]);
  expect(await metrics.metrics()).toMatch(/request_duration_seconds_count{.*route="unmatched",status="404"} 2/);
});

test('a trace that is not kept is in the line, and is no example', async () => {
  const { app, metrics, logged } = served('00');

  await app.inject('/v1/things/7');

  expect(logged()).toMatchObject([{ trace_id: traceId }]);
  expect(await metrics.metrics()).not.toContain(`# {trace_id=`);
});
