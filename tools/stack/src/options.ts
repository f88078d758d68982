import { resolve } from 'node:path';
import { parseArgs } from 'node:util';

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
}

/** A command line that makes no sense, in words for who typed it. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

export const usage = `Runs the whole of ko on this machine: Postgres, user, order and gateway.

  npm start [-- <options>]       runs it
  npm run dev [-- <options>]     runs it, and restarts what you change

  --monolith      services and gateway in one process instead of one each
  --port <port>   gateway at this port, all else on the ports after it (default: well-known ports, gateway 8080)
  --data <folder> where the databases are kept (default: .ko)
  --watch         restart what a change of the sources concerns
  --help          show this

Environment, also from a file .env: DATABASE_SERVER_URL for a Postgres server of your own, whose user may create
databases, and whatever the services read.
`;

const highestFirstPort = 65_000;

/** The options on a command line. Throws a UsageError. */
export function parseOptions(args: readonly string[], root: string): Options {
  const { help, monolith, watch, port, data } = parse(args);
  return { help, monolith, watch, port: port === undefined ? undefined : parsePort(port), data: resolve(root, data) };
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        help: { type: 'boolean', short: 'h', default: false },
        monolith: { type: 'boolean', default: false },
        watch: { type: 'boolean', default: false },
        port: { type: 'string' },
        data: { type: 'string', default: '.ko' },
      },
    }).values;
  } catch (error) {
    throw new UsageError(explain(error), { cause: error });
  }
}

function explain(error: unknown): string {
  if (!(error instanceof Error && 'code' in error)) throw error;
  const [fault = error.message] = error.message.split('. ');
  return error.code === 'ERR_PARSE_ARGS_UNEXPECTED_POSITIONAL'
    ? `${fault}. npm passes options on only after a --, as in: npm start -- --port 9000`
    : fault;
}

function parsePort(text: string): number {
  const port = Number(text);
  if (!/^\d+$/.test(text) || port < 1 || port > highestFirstPort) {
    throw new UsageError(`--port takes a number from 1 to ${highestFirstPort}, not '${text}'`);
  }
  return port;
}
