import { consulClaims, findConsul } from '../stack/src/consul.ts';
import { wasLeftRunning } from '../stack/src/databases.ts';
import { layOut } from '../stack/src/layout.ts';
import { claims } from '../stack/src/plan.ts';
import { checkPorts, PortsTaken, type Claim } from '../stack/src/ports.ts';
import { services } from '../stack/src/services.ts';
import type { SystemState } from '../stack/src/system-file.ts';
import type { Context } from './context.ts';
import type { Finding } from './finding.ts';

const subject = 'ports';

/** Whether a start would get its ports, or has them. */
export async function checkWantedPorts(context: Context): Promise<readonly Finding[]> {
  const { system } = context;
  return system === undefined ? checkFree(await wantedPorts(context)) : [running(system)];
}

/** One finding for each port that something listens on, or one for all when they are free. */
export async function checkFree(wanted: readonly Claim[]): Promise<readonly Finding[]> {
  try {
    await checkPorts(wanted);
  } catch (error) {
    if (!(error instanceof PortsTaken)) throw error;
    return takenPorts(error.message.split('\n'));
  }
  const numbers = wanted.map(({ port }) => port).toSorted((one, other) => one - other);
  return [{ level: 'ok', subject, found: `free: ${numbers.join(', ')}` }];
}

/** A line for each port, then the way out. */
function takenPorts(lines: readonly string[]): readonly Finding[] {
  const mend = lines.at(-1) ?? '';
  return lines.slice(0, -1).map((line) => ({ level: 'wrong', subject, found: line.replace(/\.$/, ''), mend }));
}

function running({ pid, ready, gateway }: SystemState): Finding {
  const state = ready ? `the system runs, with its gateway at ${gateway ?? 'no address'}` : 'the system starts';
  return { level: 'ok', subject, found: `${state} (process ${pid})` };
}

async function wantedPorts({ options, environment }: Context): Promise<readonly Claim[]> {
  const layout = layOut(services, options);
  const ownPostgres = environment.DATABASE_SERVER_URL === undefined && !wasLeftRunning(options.data);
  const consul = options.discovery === 'consul' ? await findConsul(environment, layout.consul) : undefined;
  return [
    ...claims(layout),
    ...(ownPostgres ? [{ port: layout.postgres, purpose: 'Postgres' }] : []),
    ...(consul?.program === undefined ? [] : consulClaims(layout.consul)),
  ];
}
