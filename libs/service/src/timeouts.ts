import type { DescService } from '@bufbuild/protobuf';
import type { Timeout } from '@ko/endpoint';
import { timeoutOf } from '@ko/middleware';
import type { ProcessConfig } from './config.ts';
import type { ProcessParts } from './process.ts';

/** The limits in time that requests, connections and the end of a process have. */
export function effectiveTimeouts(parts: ProcessParts): readonly Timeout[] {
  const { config, contracts, server, telemetry, resources = [], neighbours = [] } = parts;
  const components = [server, ...neighbours, ...resources, telemetry];
  return [
    ...requestTimeouts(contracts, config),
    ...components.flatMap(({ timeouts = [] }) => timeouts),
    ...registrationTimeouts(config),
    { what: 'stopping: pause for others to notice', milliseconds: config.SHUTDOWN_DELAY, from: 'SHUTDOWN_DELAY' },
    { what: 'stopping: all of it', milliseconds: config.SHUTDOWN_BUDGET, from: 'SHUTDOWN_BUDGET' },
    { what: 'stopping: until the platform kills', milliseconds: config.GRACE_PERIOD, from: 'GRACE_PERIOD' },
  ];
}

function requestTimeouts(contracts: readonly DescService[], { REQUEST_TIMEOUT }: ProcessConfig): readonly Timeout[] {
  const special = contracts.flatMap(({ methods, typeName }) =>
    methods
      .map((method) => ({ method, milliseconds: timeoutOf(method, REQUEST_TIMEOUT) }))
      .filter(({ milliseconds }) => milliseconds !== REQUEST_TIMEOUT)
      .map(({ method, milliseconds }) => {
        return { what: `request ${typeName}/${method.name}`, milliseconds, from: 'contract: timeout_ms' };
      }),
  );
  return [{ what: 'request', milliseconds: REQUEST_TIMEOUT, from: 'REQUEST_TIMEOUT' }, ...special];
}

function registrationTimeouts({ REGISTRY_URL, REGISTRATION_TTL }: ProcessConfig): readonly Timeout[] {
  if (REGISTRY_URL === undefined) return [];
  return [{ what: 'registration without a report', milliseconds: REGISTRATION_TTL, from: 'REGISTRATION_TTL' }];
}
