import { once } from 'node:events';
import { createServer, type AddressInfo, type Server } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import { assignPorts, checkPorts, PortsTaken } from './ports.ts';

describe('assignPorts', () => {
  test('gives the well-known ports', () => {
    expect(assignPorts(2)).toEqual({
      http: 8080,
      postgres: 54320,
      admin: 9050,
      services: [
        { grpc: 50051, admin: 9051 },
        { grpc: 50052, admin: 9052 },
      ],
    });
  });

  test('gives ports in a row from the one asked for, none of them twice', () => {
    const { http, postgres, admin, services } = assignPorts(3, 9000);

    const all = [http, postgres, admin, ...services.flatMap((service) => [service.grpc, service.admin])];
    expect(all).toEqual([9000, 9001, 9002, 9003, 9004, 9005, 9006, 9007, 9008]);
  });
});

describe('checkPorts', () => {
  const servers: Server[] = [];

  afterEach(async () => {
    await Promise.all(servers.splice(0).map((server) => once(server.close(), 'close')));
  });

  test('passes free ports, and leaves them free', async () => {
    const port = await listen();
    await once((servers.pop() ?? createServer()).close(), 'close');

    await checkPorts([{ port, purpose: 'a test' }]);
    await checkPorts([{ port, purpose: 'a test' }]);
  });

  test('names every taken port, what it was wanted for, and the way out', async () => {
    const first = await listen();
    const second = await listen();

    const check = checkPorts([
      { port: first, purpose: 'the gateway' },
      { port: second, purpose: 'user (gRPC)' },
    ]);

    const { message } = await check.then(
      () => expect.unreachable(),
      (error: unknown) => error as PortsTaken, // checked by the matchers below
    );
    expect(message).toContain(`Port ${first}, wanted for the gateway, is taken`);
    expect(message).toContain(`Port ${second}, wanted for user (gRPC), is taken`);
    expect(message).toContain('npm start -- --port 9000');
  });

  test('sees what listens on all addresses', async () => {
    const port = await listen('0.0.0.0');

    await expect(checkPorts([{ port, purpose: 'a test' }])).rejects.toThrow(PortsTaken);
  });

  test.runIf(process.platform === 'linux')('says which process holds a port', async () => {
    const port = await listen();

    await expect(checkPorts([{ port, purpose: 'a test' }])).rejects.toThrow(
      `process ${process.pid} in ${process.cwd()}`,
    );
  });

  async function listen(host = '127.0.0.1'): Promise<number> {
    const server = createServer().listen(0, host);
    servers.push(server);
    await once(server, 'listening');
    return (server.address() as AddressInfo).port; // a TCP server that listens has no other kind of address
  }
});
