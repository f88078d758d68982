import { EventEmitter, once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { Server, ServerCredentials } from '@grpc/grpc-js';
import { ConformanceService } from '@ko/contracts/conformance';
import { createContext } from '@ko/endpoint';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { GrpcLink, type GrpcLinkState } from './link.ts';
import { startServer } from './testing.ts';

/** A link that closes with the test, and tells of its states. */
function linkTo(address: string) {
  const changes = new EventEmitter();
  const link: GrpcLink = new GrpcLink(address, () => changes.emit('change'));
  onTestFinished(() => link.close());
  const becomes = async (state: GrpcLinkState): Promise<void> => {
    while (link.state !== state) await once(changes, 'change');
  };
  return { link, becomes };
}

/** A gRPC server that knows no health checks. */
async function plainServer(): Promise<{ readonly server: Server; readonly address: string }> {
  const server = new Server();
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (error, bound) => {
      if (error === null) resolve(bound);
      else reject(error);
    });
  });
  onTestFinished(() => server.forceShutdown());
  return { server, address: `127.0.0.1:${String(port)}` };
}

describe('a link', () => {
  test('connects by itself, and carries calls', async () => {
    const { server } = await startServer();
    const { link, becomes } = linkTo(server.address);

    const first = link.state;
    await becomes('serving');

    expect(first).toBe('connecting');
    await expect(link.connect(ConformanceService).echo({ name: 'x' }, createContext())).resolves.toMatchObject({
      name: 'x',
    });
  });

  test('knows when the server stops, before it has stopped', async () => {
    const { server } = await startServer();
    const { link, becomes } = linkTo(server.address);
    await becomes('serving');

    server.drain();
    await becomes('draining');

    await expect(link.connect(ConformanceService).echo({}, createContext())).resolves.toBeDefined();
  });

  test('is unreachable while nobody is there, and serves again when somebody is', async () => {
    const { server } = await startServer();
    const { becomes } = linkTo(server.address);
    await becomes('serving');

    await server.stop(0);
    await becomes('unreachable');
    await startServer({}, server.address);

    await becomes('serving');
  });

  test('to a server without health checks serves as long as the connection lasts', async () => {
    const { server, address } = await plainServer();
    const { link, becomes } = linkTo(address);

    await becomes('serving');
    await expect(link.probe(AbortSignal.timeout(5_000))).resolves.toBeUndefined();
    server.forceShutdown();

    await becomes('unreachable');
  });

  test('a probe that nobody answers rejects, and the connection is made anew', async () => {
    const { server } = await startServer();
    const { link, becomes } = linkTo(server.address);
    await becomes('serving');

    const probe = link.probe(AbortSignal.abort());

    await expect(probe).rejects.toMatchObject({ code: 'unavailable', message: 'no answer' });
    await becomes('unreachable');
    await becomes('serving');
  });

  test('connects no more once it is closed, whatever a probe finds', async () => {
    const listener = createServer((socket) => socket.on('error', () => {}).resume()).listen(0, '127.0.0.1');
    onTestFinished(() => void listener.close());
    await once(listener, 'listening');
    const { port } = listener.address() as AddressInfo;
    const connections = vi.fn();
    const link = new GrpcLink(`127.0.0.1:${String(port)}`, () => {});
    await once(listener, 'connection');
    listener.on('connection', connections);
    link.close();

    await expect(link.probe(AbortSignal.timeout(50))).rejects.toMatchObject({ code: 'unavailable' });
    await expect(link.probe(AbortSignal.timeout(50))).rejects.toMatchObject({ code: 'unavailable' });

    expect(connections).not.toHaveBeenCalled();
  });

  test('changes no more once it is closed', async () => {
    const { server } = await startServer();
    let changes = 0;
    const link = new GrpcLink(server.address, () => changes++);
    link.close();

    await server.stop(0);
    await delay(50);

    expect(changes).toBe(0);
  });
});
