import type { Server } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import type { Logger, Timeout } from '@ko/endpoint';
import type { FastifyInstance } from 'fastify';
import { gatherRequests } from './gather-requests.ts';
import { lastAccepted } from './last-accepted.ts';
import type { Component } from './run.ts';

/** A Fastify app as a part of a process. */
export interface HttpComponent extends Component {
  /** host:port, as it is after the start. */
  readonly address: string;
  /** From now on each answer closes its connection, so that callers turn to other processes. */
  drain(): void;
}

/** Milliseconds that a connection has to bring its first request, once the server stops. */
const lastChance = 500;

/** Connections that may wait to be accepted: as many as Linux allows unless told otherwise, for callers who come all at once. */
const backlog = 4096;

export interface HttpComponentOptions {
  readonly address: string;
  readonly log: Logger;
  /** Whether other processes may listen on the same port: the kernel spreads new connections over all of them. */
  readonly reusePort?: boolean;
}

/** A Fastify app as a part of a process: it listens on `host:port` when started, and drains when stopped. */
export function httpComponent(name: string, app: FastifyInstance, options: HttpComponentOptions): HttpComponent {
  const { address, log, reusePort = false } = options;
  let isDraining = false;
  const untried = untriedConnections(app.server);
  gatherRequests(app.server); // with all who are told of requests so far
  if (reusePort) app.addHook('preClose', async () => lastAccepted(app.server));
  app.addHook('onSend', (_request, reply, _payload, done) => {
    if (isDraining) reply.header('connection', 'close');
    done();
  });
  return {
    name,
    timeouts: httpTimeouts(name, app.server),
    get address() {
      return app.server.listening ? addressOf(app) : address;
    },
    async start() {
      await listen(app, address, reusePort);
      log.info({ address: addressOf(app) }, `${name} listens`);
    },
    drain() {
      isDraining = true;
    },
    async stop() {
      const timer = setTimeout(() => untried.forEach((socket) => socket.destroy()), lastChance);
      await app.close().finally(() => clearTimeout(timer));
    },
  };
}

/** The open connections that have brought no request yet, as browsers open them ahead: Node closes all idle ones but these. */
function untriedConnections(server: Server): ReadonlySet<Socket> {
  const untried = new Set<Socket>();
  server.on('connection', (socket) => {
    untried.add(socket);
    socket.once('close', () => untried.delete(socket));
  });
  server.on('request', ({ socket }) => untried.delete(socket));
  return untried;
}

function httpTimeouts(name: string, server: Server): readonly Timeout[] {
  const { headersTimeout, requestTimeout, keepAliveTimeout } = server;
  return [
    { what: `${name}: until a head has arrived`, milliseconds: headersTimeout, from: 'Node: headersTimeout' },
    { what: `${name}: until a request has arrived`, milliseconds: requestTimeout, from: 'Fastify: requestTimeout' },
    {
      what: `${name}: connection without a request`,
      milliseconds: keepAliveTimeout,
      from: 'Fastify: keepAliveTimeout',
    },
  ];
}

/** The host:port that a listening app can be reached at. */
function addressOf(app: FastifyInstance): string {
  const { address, port, family } = app.server.address() as AddressInfo; // a listening TCP server has no other kind
  return family === 'IPv6' ? `[${address}]:${String(port)}` : `${address}:${String(port)}`;
}

async function listen(app: FastifyInstance, address: string, reusePort: boolean): Promise<void> {
  const colon = address.lastIndexOf(':');
  const host = address.slice(0, colon).replace(/^\[|\]$/g, ''); // an IPv6 host stands in brackets
  // Fastify hands on to Node what its own types leave out.
  const where = { host, port: Number(address.slice(colon + 1)), reusePort, backlog };
  try {
    await app.listen(where);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (code === 'EADDRINUSE') {
      throw new Error(`${address} is in use by another process: stop that one, or choose another port`, {
        cause: error,
      });
    }
    if (reusePort && code === 'ENOTSUP') {
      throw new Error(`${address} cannot be shared: this platform lets only one process listen on a port`, {
        cause: error,
      });
    }
    throw error;
  }
}
