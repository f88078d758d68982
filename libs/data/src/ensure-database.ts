import { escapeIdentifier } from 'pg';
import { hasSqlState, withConnection } from './connection.ts';
import { databaseName, withDatabase } from './database-url.ts';

const databaseMissing = '3D000';
const duplicateDatabase = '42P04';
/** What Postgres says to all but one who create the same database at once. */
const uniqueViolation = '23505';

/** Creates the database that the URL names, unless it exists. Says whether it had to. */
export async function ensureDatabase(url: string): Promise<boolean> {
  // Who may use an existing database need not have the right to look for it elsewhere.
  return (await databaseExists(url)) ? false : create(url);
}

/** Gives the database that the URL names another name. Nobody may be connected to it. */
export async function renameDatabase(url: string, name: string): Promise<void> {
  await withConnection(withDatabase(url, 'postgres'), (client) =>
    client.query(`ALTER DATABASE ${escapeIdentifier(databaseName(url))} RENAME TO ${escapeIdentifier(name)}`),
  );
}

/** Whether there is a database that the URL names. Rejects when the server cannot be reached. */
export async function databaseExists(url: string): Promise<boolean> {
  try {
    return await withConnection(url, async () => true);
  } catch (error) {
    if (hasSqlState(error, databaseMissing)) return false;
    throw error;
  }
}

async function create(url: string): Promise<boolean> {
  try {
    await withConnection(withDatabase(url, 'postgres'), (client) =>
      client.query(`CREATE DATABASE ${escapeIdentifier(databaseName(url))}`),
    );
    return true;
  } catch (error) {
    if (hasSqlState(error, duplicateDatabase, uniqueViolation)) return false;
    throw error;
  }
}
