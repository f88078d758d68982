import { realpathSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { StatusError } from '@ko/endpoint';
import pg from 'pg';
import { isServer, readLockFile } from './lock-file.ts';

/** Says that a directory's server belongs to another process that is alive. */
const postgresInUse = 'POSTGRES_IN_USE';

/** A server that takes connections, and the connection that makes this process its owner. */
export interface OwnedServer {
  readonly port: number;
  readonly owner: pg.Client;
}

const ownerLock = 1;
const lockNotAvailable = '55P03';

/**
 * The server that runs in the directory already, once it takes connections, owned by this process from then on, until it
 * closes the connection or ends. Undefined if there is none, or it stops. Rejects with the reason `POSTGRES_IN_USE` if
 * another process owns it.
 */
export async function ownRunning(directory: string, signal: AbortSignal): Promise<OwnedServer | undefined> {
  for (;;) {
    const lock = readLockFile(directory);
    if (lock === undefined || !isServer(lock.pid, directory)) return undefined;
    if (lock.ready) return own(lock.port, directory);
    await delay(20, undefined, { signal });
  }
}

/** The server that was just started as the process, once it takes connections, owned by this process as above. */
export async function ownStarted(pid: number, directory: string, signal: AbortSignal): Promise<OwnedServer> {
  for (;;) {
    const lock = readLockFile(directory);
    if (lock?.pid === pid && lock.ready) return own(lock.port, directory);
    await delay(20, undefined, { signal });
  }
}

async function own(port: number, directory: string): Promise<OwnedServer> {
  const client = new pg.Client({ host: '127.0.0.1', port, user: 'postgres', database: 'postgres' });
  await client.connect();
  try {
    await checkDirectory(client, directory);
    // A process that has just been killed may hold the lock for a moment more.
    await client.query("SET lock_timeout = '1s'");
    await client.query('SELECT pg_advisory_lock($1)', [ownerLock]);
    return { port, owner: client };
  } catch (error) {
    await client.end();
    if (!(error instanceof pg.DatabaseError && error.code === lockNotAvailable)) throw error;
    const message = `the Postgres in ${directory} belongs to another process that is running: stop that one first`;
    throw new StatusError('failed_precondition', message, { reason: postgresInUse });
  }
}

async function checkDirectory(client: pg.Client, directory: string): Promise<void> {
  const { rows } = await client.query<{ data_directory: string }>('SHOW data_directory');
  const served = rows[0]?.data_directory;
  if (served === undefined || realpathSync(served) !== directory) {
    throw new Error(`the server that answers for ${directory} serves ${String(served)}`);
  }
}
