import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { freePorts } from '@ko/discovery/testing';
import { afterEach, describe, expect, test } from 'vitest';
import { UsageError } from './command-line.ts';
import { consulClaims, findConsul } from './consul.ts';
import { checkPorts } from './ports.ts';
import { System } from './system.ts';
import { reported } from './testing/programs.ts';

const ports = { http: 1, server: 2, gossip: 3 };

describe('findConsul', () => {
  test.each(['', 'http://'])("takes the one that answers at CONSUL_HTTP_ADDR ('%s' in front)", async (scheme) => {
    await using consul = await answering('"127.0.0.1:8300"');

    const found = await findConsul({ CONSUL_HTTP_ADDR: `${scheme}${consul.address}` }, ports);

    expect(found).toEqual({ address: consul.address });
  });

  test('does not take something else for a Consul', async () => {
    await using other = await answering('{"hello":"world"}');

    const search = findConsul({ CONSUL_HTTP_ADDR: other.address, PATH: '' }, ports);

    await expect(search).rejects.toThrow(`none answers at ${other.address}`);
  });

  test('says what to do when there is none', async () => {
    const [port = 0] = await freePorts(1);
    const search = findConsul({ CONSUL_HTTP_ADDR: `127.0.0.1:${port}`, PATH: '/nowhere' }, ports);

    await expect(search).rejects.toThrow(UsageError);
    await expect(search).rejects.toThrow(/CONSUL_HTTP_ADDR.*install the program consul.*CONSUL_BIN/);
  });

  test.each([
    [{ CONSUL_HTTP_ADDR: 'https://consul:8501' }, 'CONSUL_HTTP_ADDR takes host:port'],
    [{ CONSUL_BIN: '/nowhere/consul' }, 'CONSUL_BIN names no program: /nowhere/consul'],
  ])('refuses %o', async (environment, message) => {
    await expect(findConsul(environment, ports, { own: true })).rejects.toThrow(message);
  });
});

const program = await findConsul(process.env, ports, { own: true }).catch(() => undefined);

describe('a Consul of our own', () => {
  const systems: System[] = [];

  afterEach(async () => {
    await Promise.all(systems.splice(0).map((system) => system.stop()));
  });

  test('runs on the ports given, beside another one, and stops', async ({ skip }) => {
    if (program === undefined) return skip('needs Consul: in PATH, or named by CONSUL_BIN');
    const first = await start();
    const second = await start();

    const leaders = await Promise.all([first, second].map(async ({ address }) => leader(address)));

    expect(leaders).toEqual([first, second].map(({ server }) => `127.0.0.1:${server}`));
    await Promise.all(systems.splice(0).map((system) => system.stop()));
    await checkPorts([first, second].flatMap(consulClaims));
  });

  async function start() {
    const [http = 0, server = 0, gossip = 0] = await freePorts(3);
    const found = await findConsul(process.env, { http, server, gossip }, { own: true });
    const system = new System(found.program === undefined ? [] : [found.program], reported().report);
    systems.push(system);
    expect(await system.start()).toEqual([]);
    return { ...found, http, server, gossip };
  }

  /** Who leads, once somebody does. */
  async function leader(address: string): Promise<unknown> {
    const ask = async () => (await fetch(`http://${address}/v1/status/leader`)).json();
    await expect.poll(ask, { timeout: 10_000 }).not.toBe('');
    return ask();
  }
});

/** A server that answers everything with this JSON. */
async function answering(json: string) {
  const server = createServer((_request, response) => response.end(json));
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const { port } = server.address() as AddressInfo; // a TCP server that listens has no other kind of address
  return {
    address: `127.0.0.1:${port}`,
    async [Symbol.asyncDispose]() {
      const closed = once(server.close(), 'close');
      server.closeAllConnections();
      await closed;
    },
  };
}
