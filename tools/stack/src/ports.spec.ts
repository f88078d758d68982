import { once } from 'node:events';
import { createServer, type AddressInfo, type Server } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import { checkPorts, PortsTaken } from './ports.ts';

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

  test('says which process holds a port', async ({ skip }) => {
    if (process.platform !== 'linux') return skip('needs /proc: Linux');
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
