import { once } from 'node:events';
import { connect } from 'node:net';
import { createContext } from '@ko/endpoint';
import Fastify from 'fastify';
import { expect, onTestFinished, test } from 'vitest';
import { httpComponent } from './http-component.ts';

const { log } = createContext();

test('an HTTP server that drains still answers, and closes each connection', async () => {
  const app = Fastify();
  app.get('/', () => 'hello');
  const server = httpComponent('http', app, { address: '127.0.0.1:0', log });
  await server.start?.();
  onTestFinished(async () => server.stop?.());
  const ask = async () => fetch(`http://${server.address}/`);

  const before = await ask();
  server.drain();
  const meanwhile = await ask();

  expect([before.status, before.headers.get('connection')]).toEqual([200, 'keep-alive']);
  expect([meanwhile.status, meanwhile.headers.get('connection')]).toEqual([200, 'close']);
});

test('an HTTP server that drains closes the connection of a request that was under way, too', async () => {
  const app = Fastify();
  const begun = Promise.withResolvers<undefined>();
  const answer = Promise.withResolvers<string>();
  app.get('/', async () => {
    begun.resolve(undefined);
    return answer.promise;
  });
  const server = httpComponent('http', app, { address: '127.0.0.1:0', log });
  await server.start?.();
  onTestFinished(async () => server.stop?.());

  const asked = fetch(`http://${server.address}/`);
  await begun.promise;
  server.drain();
  answer.resolve('hello');

  expect((await asked).headers.get('connection')).toBe('close');
});

test('a connection that never brought a request does not keep a server from stopping', async () => {
  const app = Fastify({ forceCloseConnections: 'idle' });
  const server = httpComponent('http', app, { address: '127.0.0.1:0', log });
  await server.start?.();
  const silent = connect(Number(new URL(`http://${server.address}`).port), '127.0.0.1');
  await once(silent, 'connect');

  await Promise.all([server.stop?.(), once(silent, 'close')]);

  expect(silent.destroyed).toBe(true);
}, 5_000);

test('a port that is taken is named, with what to do', async () => {
  const first = httpComponent('http', Fastify(), { address: '127.0.0.1:0', log });
  await first.start?.();
  onTestFinished(async () => first.stop?.());

  const second = httpComponent('http', Fastify(), { address: first.address, log }).start?.();

  await expect(second).rejects.toThrow(/is in use by another process: stop that one, or choose another port/);
});
