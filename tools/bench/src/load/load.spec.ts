import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import { wireFormat } from '../http-request.ts';
import { Load } from './load.ts';

describe('Load', () => {
  const cleanup: (() => void)[] = [];

  afterEach(() => {
    for (const undo of cleanup.splice(0)) undo();
  });

  test('sends as much as is answered, in turn, and counts what is measured', async () => {
    const asked: (string | undefined)[] = [];
    const port = await serve((request, response) => {
      asked.push(request.url);
      response.end('hello');
    });

    const result = await run({ port, connections: 2 });

    expect(asked.slice(0, 4)).toEqual(['/a', '/b', '/a', '/b']);
    expect(result.requests).toBeGreaterThan(10);
    expect(result.requests).toBeLessThan(asked.length);
    expect(result.p50).toBeGreaterThan(0);
    expect(result.p99).toBeGreaterThanOrEqual(result.p50);
    expect(result.errors).toEqual({});
  });

  test('keeps to a rate, over all connections', async () => {
    const sockets = new Set<unknown>();
    const port = await serve((request, response) => {
      sockets.add(request.socket);
      response.end();
    });

    const { requests, seconds } = await run({ port, connections: 20, rate: 200 });

    expect(requests / seconds).toBeGreaterThan(120);
    expect(requests / seconds).toBeLessThan(280);
    expect(sockets.size).toBe(20);
  });

  test('counts what is late from when it was due', async () => {
    const port = await serve((_request, response) => setTimeout(() => response.end(), 100));

    const { p99, errors } = await run({ port, connections: 1, rate: 100 });

    expect(p99).toBeGreaterThanOrEqual(95);
    expect(errors['no connection is free']).toBeGreaterThan(0);
  });

  test('tells failures by their kind, and goes on', async () => {
    let count = 0;
    const port = await serve((request, response) => {
      count += 1;
      if (count % 3 === 0) request.socket.destroy();
      else response.writeHead(count % 3 === 1 ? 503 : 200).end();
    });

    const { requests, errors } = await run({ port, connections: 1 });

    expect(requests).toBeGreaterThan(0);
    expect(errors['503']).toBeGreaterThan(0);
    expect(errors.closed ?? errors.ECONNRESET).toBeGreaterThan(0);
  });

  test('does not begin where nobody listens', async () => {
    const server = createServer();
    await once(server.listen(0, '127.0.0.1'), 'listening');
    const { port } = server.address() as AddressInfo; // a TCP server that listens has no other kind of address
    await once(server.close(), 'close');

    await expect(run({ port, connections: 1 })).rejects.toThrow('ECONNREFUSED');
  });

  async function run(of: { readonly port: number; readonly connections: number; readonly rate?: number }) {
    const requests = ['/a', '/b'].map((path) => wireFormat({ method: 'GET', path }));
    const load = new Load({ ...of, requests, warmUp: 0.1, seconds: 0.5 });
    cleanup.push(() => load.close());
    await load.open();
    return load.run(() => {});
  }

  async function serve(listener: RequestListener): Promise<number> {
    const server = createServer(listener);
    await once(server.listen(0, '127.0.0.1'), 'listening');
    cleanup.push(() => server.close().closeAllConnections());
    const { port } = server.address() as AddressInfo; // a TCP server that listens has no other kind of address
    return port;
  }
});
