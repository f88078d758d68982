import { addressesIn } from './addresses.ts';
import type { Context } from './context.ts';
import type { Finding } from './finding.ts';
import { whyUnreachable } from './reach.ts';

/** Without it nothing starts; without the others, all does, and says what it misses. */
const vital = 'DATABASE_SERVER_URL';
const shared = [vital, 'DATABASE_URL', 'CONSUL_HTTP_ADDR', 'REGISTRY_URL', 'OTEL_EXPORTER_OTLP_ENDPOINT'];

export type Variables = Pick<Context, 'environment' | 'inEnvFile'>;

/** Whether something answers wherever the environment says that something is, for the services of these names. */
export async function checkDependencies(
  variables: Variables,
  services: readonly string[],
): Promise<readonly Finding[]> {
  const { environment, inEnvFile } = variables;
  const ownOnes = services
    .map((service) => service.toUpperCase().replaceAll('-', '_'))
    .flatMap((name) => [`${name}_URL`, `${name}_DATABASE_URL`]);
  // Any other URL in .env is ours as well; elsewhere in the environment it may be anybody's.
  const others = [...inEnvFile].filter((name) => name.endsWith('_URL'));

  const named = [...new Set([...shared, ...ownOnes, ...others])].filter((name) => environment[name]);
  const findings = await Promise.all(named.map((name) => checkVariable(name, variables)));
  const none = 'the environment names none, and npm start needs none';
  return named.length === 0 ? [{ level: 'ok', subject: 'dependencies', found: none }] : findings;
}

/** The value may have a secret in it, so that of it nothing but host and port is shown. */
async function checkVariable(name: string, { environment, inEnvFile }: Variables): Promise<Finding> {
  const level = name === vital ? 'wrong' : 'warning';
  const place = inEnvFile.has(name) ? '.env' : 'the environment';
  const addresses = addressesIn(environment[name] ?? '');
  if (addresses === undefined) {
    return { level, subject: name, found: `names no address that makes sense`, mend: `correct it in ${place}` };
  }

  const answers = await Promise.all(
    addresses.map(async (address) => ({ address, fault: await whyUnreachable(address) })),
  );
  const silent = answers.filter(({ fault }) => fault !== undefined);
  if (silent.length === 0) return { level: 'ok', subject: name, found: reached(addresses) };
  return {
    level,
    subject: name,
    found: `cannot be reached: ${silent.map(({ address, fault = '' }) => `${address} (${fault})`).join(', ')}`,
    mend: `start it, or correct ${name} in ${place}`,
  };
}

function reached(addresses: readonly string[]): string {
  return addresses.length === 0 ? 'left to DNS' : `${addresses.join(', ')} can be reached`;
}
