import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, rmSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { createInterface } from 'node:readline';
import { lockFilePath } from './lock-file.ts';
import { ownRunning, ownStarted, type OwnedServer } from './owner.ts';
import { findPlace, initialise, runProgram, type Place } from './place.ts';

export interface EmbeddedPostgresOptions {
  /** Holds the data; made if it does not exist. */
  readonly directory: string;
  /** 0 for any that is free. A server that runs already keeps its own. */
  readonly port?: number;
  /** False trades the data's safety in a power cut for speed, for tests. */
  readonly durable?: boolean;
  /** Gets each line that the server logs. */
  readonly log?: (line: string) => void;
}

/** A real Postgres that belongs to this process. */
export interface EmbeddedPostgres {
  readonly port: number;
  /** Whether it ran already, left behind by a process that was killed. */
  readonly reused: boolean;
  /** The URL of one of its databases, which need not exist. */
  url(database: string): string;
  /** Resolves when the server has ended, which it does without waiting for its clients. */
  stop(): Promise<void>;
}

/** Milliseconds: recovering from a crash takes long, and nothing else does. */
const startTimeout = 60_000;

/**
 * Starts a Postgres for development and tests, from the programs that npm has installed. Nobody but this machine reaches
 * it, and it asks for no password. Rejects with the reason `POSTGRES_IN_USE` if another process uses the directory.
 */
export async function startEmbeddedPostgres(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  const { directory, port = 0, durable = true, log = () => {} } = options;
  const place = await findPlace(directory);
  const running = await ownRunning(place.directory, AbortSignal.timeout(startTimeout));
  if (running !== undefined) return embeddedPostgres(place, running, { reused: true, ended: Promise.resolve(), log });

  rmSync(lockFilePath(place.directory), { force: true });
  await initialise(place);
  const child = launch(place, port === 0 ? await freePort() : port, durable);
  const ended = once(child, 'close');
  return embeddedPostgres(place, await started(child, place, log), { reused: false, ended, log });
}

interface Started {
  readonly reused: boolean;
  readonly ended: Promise<unknown>;
  readonly log: (line: string) => void;
}

function embeddedPostgres(place: Place, { port, owner }: OwnedServer, { reused, ended, log }: Started) {
  owner.on('error', (error) => log(`lost the connection to the embedded Postgres: ${error.message}`));
  let stopped: Promise<void> | undefined;

  async function stop(): Promise<void> {
    await owner.end();
    try {
      await runProgram(place, place.binaries.pgCtl, ['stop', '-D', place.directory, '-m', 'fast']);
    } catch (error) {
      // Without the file it has ended by itself.
      if (existsSync(lockFilePath(place.directory))) throw error;
    }
    await ended;
  }

  return {
    port,
    reused,
    url: (database: string) => `postgresql://postgres@127.0.0.1:${String(port)}/${encodeURIComponent(database)}`,
    stop: () => (stopped ??= stop()),
  };
}

function launch({ account, binaries, directory }: Place, port: number, durable: boolean): ChildProcess {
  const settings = {
    listen_addresses: '127.0.0.1',
    unix_socket_directories: '',
    timezone: 'UTC',
    max_connections: '200',
    ...(!durable && {
      fsync: 'off',
      synchronous_commit: 'off',
      full_page_writes: 'off',
      max_wal_senders: '0',
      wal_level: 'minimal',
    }),
  };
  const flags = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  const { file, args, options } = account.command(binaries.postgres, ['-D', directory, '-p', String(port), ...flags]);
  // In a process group of its own, Ctrl-C reaches only us; we stop it when nobody needs it any more.
  return spawn(file, args, { ...options, stdio: ['ignore', 'ignore', 'pipe'], detached: true });
}

async function started(child: ChildProcess, place: Place, log: (line: string) => void): Promise<OwnedServer> {
  const lines: string[] = [];
  const giveUp = new AbortController();
  let starting = true;
  child.on('error', (error) => lines.push(error.message));
  child.on('close', () => giveUp.abort());
  if (child.stderr !== null) {
    createInterface({ input: child.stderr }).on('line', (line) => {
      if (starting) lines.push(line);
      log(line);
    });
  }
  try {
    const signal = AbortSignal.any([giveUp.signal, AbortSignal.timeout(startTimeout)]);
    return await ownStarted(child.pid ?? 0, place.directory, signal);
  } catch (cause) {
    child.kill('SIGINT');
    throw new Error([`Postgres did not start in ${place.directory}:`, ...lines].join('\n'), { cause });
  } finally {
    starting = false;
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
