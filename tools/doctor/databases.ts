import { join } from 'node:path';
import { hasSqlState } from '../../libs/data/src/connection.ts';
import { appsWithDatabase } from '../run/state.mjs';
import { foreignServer } from '../stack/src/databases.ts';
import { addressesIn } from './addresses.ts';
import type { Context } from './context.ts';
import { databaseFindings, type Circumstances } from './database-findings.ts';
import { databaseState } from './database-state.ts';
import type { Finding } from './finding.ts';
import { whyUnreachable } from './reach.ts';

/** Wrong password, no such user, no right to do that. */
const refusals = ['28P01', '28000', '42501'];

/** Whether each app's database, its migrations and its schema agree. */
export async function checkDatabases(context: Context): Promise<readonly Finding[]> {
  const { root, system, environment } = context;
  const server = system === undefined ? environment.DATABASE_SERVER_URL : system.postgres;
  if (server === undefined) return [unknown(system ? 'the system still starts' : 'the system does not run')];

  const fault = await whyNoPostgres(server);
  if (fault !== undefined) return [unknown(fault)];

  const findings: Finding[] = [];
  // One by one, as they share the schema engine.
  for (const name of appsWithDatabase(root)) {
    const circumstances = { name, runs: system !== undefined, url: foreignServer(server).url(name) };
    findings.push(...(await checkDatabase(join(root, 'apps', name, 'prisma'), circumstances)));
  }
  return findings;
}

function unknown(reason: string): Finding {
  return { level: 'note', subject: 'migrations', found: `unknown: ${reason}` };
}

async function whyNoPostgres(server: string): Promise<string | undefined> {
  const [address] = addressesIn(server) ?? [];
  if (address === undefined) return 'the URL of Postgres names no address that makes sense';
  const fault = await whyUnreachable(address);
  return fault && `Postgres does not answer at ${address} (${fault})`;
}

async function checkDatabase(prismaDirectory: string, circumstances: Circumstances): Promise<readonly Finding[]> {
  const { name, url } = circumstances;
  try {
    return databaseFindings(await databaseState(url, prismaDirectory), circumstances);
  } catch (error) {
    const reason = (error instanceof Error ? error.message : String(error)).trim().replaceAll(/\s*\n[\s|]*/g, ' ');
    const mend = hasSqlState(error, ...refusals)
      ? `let the user ${decodeURIComponent(new URL(url).username)} in, or name another one`
      : `cd apps/${name} && npx prisma validate`;
    return [{ level: 'wrong', subject: `database ${name}`, found: `cannot be judged: ${reason}`, mend }];
  }
}
