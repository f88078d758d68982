import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { ensureDatabase, migrate, startEmbeddedPostgres } from '@ko/data';

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

/** Makes each app's database if there is none, and brings it up to date. Resolves to what was done, a line each. */
export async function prepareDatabases(
  server: DatabaseServer,
  apps: Readonly<Record<string, string>>,
): Promise<readonly string[]> {
  const done: string[] = [];
  for (const [name, folder] of Object.entries(apps)) {
    const url = server.url(name);
    if (await ensureDatabase(url)) done.push(`created the database ${name}`);
    const migrations = await migrate(url, join(folder, 'prisma'));
    if (migrations.length > 0) done.push(`migrated the database ${name}: ${migrations.join(', ')}`);
  }
  return done;
}
