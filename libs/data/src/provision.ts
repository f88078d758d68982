import { type Client, escapeIdentifier, escapeLiteral } from 'pg';
import { hasSqlState, withConnection } from './connection.ts';
import { databaseName } from './database-url.ts';

const duplicateObject = '42710';
const duplicateDatabase = '42P04';

/**
 * Makes the role and the database that a service's URL names, on the server of the administrator's URL, and gives the role
 * the password of the URL: rotating it is writing another URL and doing this again. The database is the role's own; no
 * other role but administrators' may connect to it. The administrator has to be a superuser.
 */
export async function provision(administratorUrl: string, serviceUrl: string): Promise<void> {
  const { username, password } = new URL(serviceUrl);
  const role = escapeIdentifier(decodeURIComponent(username));
  const database = escapeIdentifier(databaseName(serviceUrl));
  await withConnection(administratorUrl, async (client) => {
    // A statement that fails is logged by the server, and these have a password in them.
    await client.query('SET log_min_error_statement = panic');
    await unlessThere(client, `CREATE ROLE ${role}`, duplicateObject);
    await client.query(`ALTER ROLE ${role} LOGIN PASSWORD ${escapeLiteral(decodeURIComponent(password))}`);
    await unlessThere(client, `CREATE DATABASE ${database} OWNER ${role}`, duplicateDatabase);
    await client.query(`REVOKE CONNECT ON DATABASE ${database} FROM PUBLIC`);
  });
}

async function unlessThere(client: Client, statement: string, duplicate: string): Promise<void> {
  try {
    await client.query(statement);
  } catch (error) {
    if (!hasSqlState(error, duplicate)) throw error;
  }
}
