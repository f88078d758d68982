import { execFile } from 'node:child_process';
import { access, constants } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import { product } from '@ko/service/product';
import { UsageError } from './command-line.ts';
import { at, type ConsulPorts } from './layout.ts';
import type { Environment, PlannedProgram } from './plan.ts';
import type { Claim } from './ports.ts';

/** A Consul to use. */
export interface ConsulServer {
  /** host:port of its HTTP API. */
  readonly address: string;
  /** What runs it, when it is ours. */
  readonly program?: PlannedProgram;
}

/** The first version that has a port for gRPC with TLS, which then has to be closed. */
const firstWithTlsPort = [1, 14];

/**
 * The Consul that answers at CONSUL_HTTP_ADDR (default: 127.0.0.1:8500), else one to run on our ports. With `own` it is
 * the latter in any case. Throws a UsageError when there is neither.
 */
export async function findConsul(
  environment: Environment,
  ports: ConsulPorts,
  { own = false }: { readonly own?: boolean } = {},
): Promise<ConsulServer> {
  const foreign = addressIn(environment);
  if (!own && (await isConsul(foreign))) return { address: foreign };
  const command = await programIn(environment);
  if (command === undefined && own) {
    throw new UsageError('This needs the program consul, in PATH or named by CONSUL_BIN.');
  }
  if (command === undefined) {
    throw new UsageError(
      `--discovery consul needs a Consul, and none answers at ${foreign}. Start one, say where it is ` +
        '(CONSUL_HTTP_ADDR), or install the program consul, in PATH or named by CONSUL_BIN.',
    );
  }
  return { address: at(ports.http), program: await ownConsul(command, ports, environment) };
}

/** Every port that a Consul of ours will listen on. */
export function consulClaims({ http, server, gossip }: ConsulPorts): Claim[] {
  return [
    { port: http, purpose: 'Consul (HTTP)' },
    { port: server, purpose: 'Consul (servers)' },
    { port: gossip, purpose: 'Consul (gossip)' },
  ];
}

function addressIn({ CONSUL_HTTP_ADDR: text }: Environment): string {
  const standard = '127.0.0.1:8500';
  if (text === undefined || text === '') return standard;
  const [, address] = /^(?:http:\/\/)?([^/]+:\d+)\/?$/.exec(text) ?? [];
  if (address === undefined) throw new UsageError(`CONSUL_HTTP_ADDR takes host:port, as in ${standard}, not '${text}'`);
  return address;
}

async function isConsul(address: string): Promise<boolean> {
  try {
    const answer = await fetch(`http://${address}/v1/status/leader`, { signal: AbortSignal.timeout(1_000) });
    return answer.ok && typeof (await answer.json()) === 'string';
  } catch {
    return false; // Whatever the reason: it does not answer as a Consul does.
  }
}

async function programIn({ CONSUL_BIN: named, PATH: path = '' }: Environment): Promise<string | undefined> {
  if (named !== undefined && named !== '') {
    if (await isProgram(named)) return named;
    throw new UsageError(`CONSUL_BIN names no program: ${named}`);
  }
  for (const folder of path.split(delimiter)) {
    const file = join(folder, 'consul');
    if (folder !== '' && (await isProgram(file))) return file;
  }
  return undefined;
}

async function isProgram(file: string): Promise<boolean> {
  return access(file, constants.X_OK).then(
    () => true,
    () => false,
  );
}

/** A server that is alone, keeps all in memory, and that only this machine reaches. */
async function ownConsul(command: string, ports: ConsulPorts, environment: Environment): Promise<PlannedProgram> {
  const settings = {
    node: product.name,
    bind: '127.0.0.1',
    client: '127.0.0.1',
    'http-port': ports.http,
    'server-port': ports.server,
    'serf-lan-port': ports.gossip,
    'serf-wan-port': -1,
    'dns-port': -1,
    'grpc-port': -1,
    ...((await hasTlsPort(command)) && { 'grpc-tls-port': -1 }),
    hcl: 'disable_update_check = true',
    'log-level': 'warn',
  };
  return {
    name: 'consul',
    service: 'consul',
    command,
    args: ['agent', '-dev', ...Object.entries(settings).map(([name, value]) => `-${name}=${value}`)],
    env: environment,
    readyUrl: `http://${at(ports.http)}/v1/status/leader`,
    sources: [],
  };
}

async function hasTlsPort(command: string): Promise<boolean> {
  const { stdout } = await promisify(execFile)(command, ['version']);
  const [, major = 0, minor = 0] = (/v(\d+)\.(\d+)/.exec(stdout) ?? []).map(Number);
  const [firstMajor = 0, firstMinor = 0] = firstWithTlsPort;
  return major > firstMajor || (major === firstMajor && minor >= firstMinor);
}
