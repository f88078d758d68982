import { escapeIdentifier } from 'pg';
import { withConnection } from '../connection.ts';
import { databaseName, withDatabase } from '../database-url.ts';
import { log } from './log.ts';

/** What `schema-engine cli` can do: each on the database of the URL. */
const commands: Readonly<Record<string, (url: string) => Promise<void>>> = {
  'can-connect-to-database': (url) => execute(url, 'SELECT 1'),
  'create-database': (url) => execute(withDatabase(url, 'postgres'), `CREATE DATABASE ${identifier(url)}`),
  async 'drop-database'(url) {
    await execute(withDatabase(url, 'postgres'), `DROP DATABASE IF EXISTS ${identifier(url)} WITH (FORCE)`);
    log('INFO', { message: 'The database was successfully dropped.' });
  },
};

/** Runs the command and says how it went, as an exit code. */
export async function runCommand(name: string, url: string): Promise<number> {
  try {
    const command = commands[name];
    if (command === undefined) throw new Error(`unknown command ${name}`);
    await command(url);
    return 0;
  } catch (error) {
    log('ERROR', { is_panic: false, ...describe(error, url) });
    return 1;
  }
}

async function execute(url: string, sql: string): Promise<void> {
  await withConnection(url, (client) => client.query(sql));
}

function identifier(url: string): string {
  return escapeIdentifier(databaseName(url));
}

/** An error by the code that Prisma's CLI knows it by. */
function describe(error: unknown, url: string): { readonly error_code: string; readonly message: string } {
  const { host, username } = new URL(url);
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  switch (code) {
    case '3D000':
      return {
        error_code: 'P1003',
        message: `Database \`${databaseName(url)}\` does not exist on the server at \`${host}\`.`,
      };
    case '28P01':
    case '28000':
      return {
        error_code: 'P1000',
        message: `The server at \`${host}\` does not accept the credentials of \`${username}\`.`,
      };
    case 'ECONNREFUSED':
    case 'ENOTFOUND':
    case 'ETIMEDOUT':
    case 'EAI_AGAIN':
      return { error_code: 'P1001', message: `Can't reach database server at \`${host}\`.` };
    default:
      return { error_code: 'P1010', message: error instanceof Error ? error.message : String(error) };
  }
}
