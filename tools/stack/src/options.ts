import { resolve } from 'node:path';
import { product } from '@ko/service/product';
import { readArguments, UsageError } from './command-line.ts';
import { stride } from './layout.ts';
import { parseScale, type Scale } from './scale.ts';
import { scalable } from './services.ts';

/** How the processes of a system find each other. */
export type Discovery = 'static' | 'consul';

/** How to run the system. */
export interface Options {
  readonly help: boolean;
  /** All services and the gateway in one process. */
  readonly monolith: boolean;
  /** Restart what a change of the sources concerns. */
  readonly watch: boolean;
  /** Where the gateway listens, all else on the ports after it. Absent: the well-known ports. */
  readonly port: number | undefined;
  /** Folder of all that outlives the system: the databases. */
  readonly data: string;
  readonly scale: Scale;
  /** All gateways listen on one port. */
  readonly sharePort: boolean;
  readonly discovery: Discovery;
}

export const usage = `Runs the whole of ${product.title} on this machine: Postgres, every service and the gateway.

  npm start [-- <options>]       runs it
  npm run dev [-- <options>]     runs it, and restarts what you change
  npm run roll [-- <options>]    restarts what runs, one process after the other (--help says more)

  --monolith        services and gateway in one process instead of one each
  --scale <service>=<n>
                    so many instances of a service or of the gateway, as in --scale user=3,gateway=2
  --share-port      all gateways on one port, where the platform lets several processes listen on it, as Linux does
  --discovery consul
                    processes find each other through Consul instead of lists: the one that answers at CONSUL_HTTP_ADDR
                    (default: 127.0.0.1:8500), else the program consul in PATH (or CONSUL_BIN), started for the purpose
  --port <port>     gateway at this port, all else on the ports after it (default: well-known ports, gateway 8080);
                    second instances listen 100 ports higher than first ones, third ones 200, and so on
  --data <folder>   where the databases are kept (default: .ko)
  --watch           restart what a change of the sources concerns
  --help            show this

Two systems that share a Consul call each other's instances, as all instances of a service are equal: run one at a time
with it, or give each a Consul of its own.

Environment, also from a file .env: DATABASE_SERVER_URL for a Postgres server of your own, whose user may create
databases, and whatever the services read.
`;

const highestPort = 65_000;

/** The options on a command line. Throws a UsageError. */
export function parseOptions(args: readonly string[], root: string): Options {
  const { help, monolith, watch, port, data, scale: scaling, 'share-port': sharePort, discovery } = parse(args);
  const scale = parseScale(scaling, scalable);
  if (monolith && scaling.length > 0) {
    throw new UsageError('--scale and --monolith exclude each other: a monolith is one process');
  }
  if (monolith && discovery === 'consul') {
    throw new UsageError('--discovery consul and --monolith exclude each other: one process has nobody to find');
  }
  const highest = highestPort - stride * (Math.max(1, ...Object.values(scale)) - 1);
  return {
    help,
    monolith,
    watch,
    port: port === undefined ? undefined : parsePort(port, highest),
    data: resolve(root, data),
    scale,
    sharePort,
    discovery: parseDiscovery(discovery),
  };
}

function parse(args: readonly string[]) {
  const { values } = readArguments(
    {
      args: [...args],
      options: {
        help: { type: 'boolean', short: 'h', default: false },
        monolith: { type: 'boolean', default: false },
        watch: { type: 'boolean', default: false },
        port: { type: 'string' },
        data: { type: 'string', default: '.ko' },
        scale: { type: 'string', multiple: true, default: [] },
        'share-port': { type: 'boolean', default: false },
        discovery: { type: 'string', default: 'static' },
      },
    },
    'npm start -- --port 9000',
  );
  return values;
}

function parseDiscovery(text: string): Discovery {
  if (text === 'static' || text === 'consul') return text;
  throw new UsageError(`--discovery takes static or consul, not '${text}'`);
}

function parsePort(text: string, highest: number): number {
  const port = Number(text);
  if (!/^\d+$/.test(text) || port < 1 || port > highest) {
    throw new UsageError(`--port takes a number from 1 to ${highest}, not '${text}'`);
  }
  return port;
}
