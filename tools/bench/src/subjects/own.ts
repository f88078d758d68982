import { join } from 'node:path';
import type { Program, Scenario } from '../peers/peer.ts';
import type { Subject } from './subject.ts';

export const root = join(import.meta.dirname, '../../../..');

/** Far from what a test sends: it is not the limits that are measured. */
export const noLimits = { RATE_LIMIT: '100000000', PASSWORD_RATE_LIMIT: '1000000' };

/** All calls between two processes on one stream. */
export const koMultiplexed = inTwo('ko', true);

/** A call of gRPC for each call. */
export const koUnary = inTwo('ko-unary', false);

/** Gateway and service in one process. */
export const koMonolith: Subject = {
  name: 'ko-monolith',
  tokens: 'ES256',
  programs: (scenario) =>
    Promise.resolve({
      gateway: node('ko-monolith', 'tools/bench/src/processes/memory-monolith.ts', {
        ...known(scenario),
        ...noLimits,
        HTTP_ADDRESS: at(scenario.ports.http),
        ADMIN_ADDRESS: at(scenario.ports.gatewayMetrics),
      }),
      backends: [],
    }),
};

function inTwo(name: string, isMultiplexed: boolean): Subject {
  const prefix = name;
  const MULTIPLEX = String(isMultiplexed);
  return {
    name,
    tokens: 'ES256',
    programs: (scenario) => {
      const { http, rpc, gatewayMetrics, serviceMetrics } = scenario.ports;
      return Promise.resolve({
        gateway: node(`${prefix}-gateway`, 'apps/gateway/src/main.ts', {
          ...known(scenario),
          ...noLimits,
          MULTIPLEX,
          HTTP_ADDRESS: at(http),
          ADMIN_ADDRESS: at(gatewayMetrics),
          USER_URL: `static:${at(rpc)}`,
          ORDER_URL: `static:${at(rpc)}`,
        }),
        backends: [
          node(`${prefix}-service`, 'tools/bench/src/processes/memory-user.ts', {
            ...known(scenario),
            MULTIPLEX,
            GRPC_ADDRESS: at(rpc),
            ADMIN_ADDRESS: at(serviceMetrics),
          }),
        ],
      });
    },
  };
}

/** A program of this repository, in an environment as in production. */
export function node(name: string, file: string, env: Readonly<Record<string, string>>): Program {
  return {
    name,
    command: process.execPath,
    args: [join(root, file)],
    env: { NODE_ENV: 'production', SHUTDOWN_DELAY: '0', ...env },
    cwd: root,
  };
}

/** What processes that answer from memory have to know. */
export function known({ usersFile, keySetFile, issuer, audience }: Scenario): Readonly<Record<string, string>> {
  return { USERS_FILE: usersFile, KEY_SET_FILE: keySetFile, TOKEN_ISSUER: issuer, TOKEN_AUDIENCE: audience };
}

export function at(port: number): string {
  return `127.0.0.1:${port}`;
}
