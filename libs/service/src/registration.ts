import { randomUUID } from 'node:crypto';
import { networkInterfaces } from 'node:os';
import { openRegistry, Registrar } from '@ko/discovery';
import type { ProcessConfig } from './config.ts';
import type { Telemetry } from './telemetry.ts';

/** What a process says of itself besides its config; the addresses as they are after the start. */
export interface Described {
  readonly service: string;
  /** Where it takes requests. */
  readonly address: () => string;
  /** Where operators look at it. */
  readonly admin: () => string;
}

/**
 * Keeps the process in the registry that the config names; undefined when that names none.
 * `ready` rejects while the process cannot serve: it is registered when it first can.
 */
export function registration(
  process: Described,
  config: ProcessConfig,
  { telemetry, ready }: { readonly telemetry: Telemetry; readonly ready: () => Promise<void> },
): Registrar | undefined {
  if (config.REGISTRY_URL === undefined) return undefined;
  const { ADVERTISED_ADDRESS, ZONE: zone, VERSION: version, WEIGHT: weight, REGISTRATION_TTL: ttl } = config;
  const { service } = process;
  const id = `${service}-${randomUUID()}`;
  const describe = () => {
    const address = ADVERTISED_ADDRESS ?? reachable(process.address());
    const metadata = { admin: reachable(process.admin()) };
    return { service, instance: { id, address, zone, version, weight, metadata }, ttl };
  };
  return new Registrar(openRegistry(config.REGISTRY_URL.reveal()), describe, { log: telemetry.log, ready });
}

/** The address as others reach it: of a process that listens everywhere, one of the machine's own. */
function reachable(address: string): string {
  const [, host = '', port = ''] = /^(.*):(\d+)$/.exec(address) ?? [];
  if (!['0.0.0.0', '[::]'].includes(host)) return address;
  const outside = Object.values(networkInterfaces())
    .flatMap((addresses) => addresses ?? [])
    .find(({ internal, family }) => !internal && family === 'IPv4');
  return `${outside?.address ?? '127.0.0.1'}:${port}`;
}
