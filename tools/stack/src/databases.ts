import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { ensureDatabase, migrate, MigrationError, renameDatabase, startEmbeddedPostgres } from '@ko/data';
import { Refusal } from './refusal.ts';

/** A Postgres server, ours or not. */
export interface DatabaseServer {
  /** The URL of one of its databases, which need not exist. */
  url(database: string): string;
  /** Ends the server if it is ours. */
  stop(): Promise<void>;
  /** Starts it again, where and with what it was. Absent when it is not ours. */
  readonly start?: () => Promise<void>;
}

/** A server of somebody else's, which the URL says how to reach. */
export function foreignServer(serverUrl: string): DatabaseServer {
  return {
    url(database) {
      const url = new URL(serverUrl);
      url.pathname = `/${encodeURIComponent(database)}`;
      return url.href;
    },
    stop: () => Promise.resolve(),
  };
}

/** Starts a server of our own on the data in the folder. */
export async function ownServer(folder: string, port: number): Promise<DatabaseServer> {
  const start = () => startEmbeddedPostgres({ directory: join(folder, 'postgres'), port });
  let server = await start();
  return {
    url: (database) => server.url(database),
    stop: () => server.stop(),
    async start() {
      await server.stop();
      server = await start();
    },
  };
}

/** Whether a server of our own was left running in the folder, having its port: `ownServer` will take it over. */
export function wasLeftRunning(folder: string): boolean {
  return existsSync(join(folder, 'postgres', 'postmaster.pid'));
}

/**
 * Makes each app's database if there is none, and brings it up to date. On a server of our own, a database that other code
 * made is put aside under another name. Resolves to what was done, a line each. Rejects with a Refusal that says which
 * database cannot be brought up to date, why, and what to do.
 */
export async function prepareDatabases(
  server: DatabaseServer,
  apps: Readonly<Record<string, string>>,
): Promise<readonly string[]> {
  const done: string[] = [];
  for (const [name, folder] of Object.entries(apps)) done.push(...(await prepareDatabase(server, name, folder)));
  return done;
}

async function prepareDatabase(server: DatabaseServer, name: string, folder: string): Promise<readonly string[]> {
  const url = server.url(name);
  const isNew = await ensureDatabase(url);
  try {
    const migrations = await migrate(url, join(folder, 'prisma'));
    return [
      ...(isNew ? [`created the database ${name}`] : []),
      ...(migrations.length > 0 ? [`migrated the database ${name}: ${migrations.join(', ')}`] : []),
    ];
  } catch (error) {
    if (!(error instanceof MigrationError)) throw error;
    if (!error.isForeign || server.start === undefined) throw new Refusal(`The database ${name}: ${error.message}`);
    const aside = `${name}_until_${new Date().toISOString().replace(/\D/g, '').slice(0, 14)}`;
    await renameDatabase(url, aside);
    const moved = `put the database ${name} aside as ${aside}, since other migrations made it`;
    return [moved, ...(await prepareDatabase(server, name, folder))];
  }
}
