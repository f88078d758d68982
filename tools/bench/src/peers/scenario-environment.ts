import { join } from 'node:path';
import type { Scenario } from './peer.ts';

/** Where the sources of the peers are. */
export const sources = join(import.meta.dirname, '../../peers');

/** What the two processes of a peer are told. */
export function environments(scenario: Scenario): Record<'gateway' | 'service', Readonly<Record<string, string>>> {
  const { http, rpc, gatewayMetrics, serviceMetrics } = scenario.ports;
  const both = { RPC_ADDRESS: at(rpc), PROTO_FILE: join(sources, 'user.proto') };
  return {
    gateway: {
      ...both,
      HTTP_ADDRESS: at(http),
      METRICS_ADDRESS: at(gatewayMetrics),
      JWT_SECRET: scenario.secret,
      JWT_ISSUER: scenario.issuer,
      JWT_AUDIENCE: scenario.audience,
    },
    service: { ...both, METRICS_ADDRESS: at(serviceMetrics), USERS_FILE: scenario.usersFile },
  };
}

function at(port: number): string {
  return `127.0.0.1:${port}`;
}
