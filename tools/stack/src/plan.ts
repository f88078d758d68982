import { join } from 'node:path';
import type { Options } from './options.ts';
import type { Claim, Ports } from './ports.ts';
import type { Service } from './services.ts';
import type { Program } from './supervised-process.ts';

/** A process of the system. */
export interface PlannedProgram extends Program {
  /** Answers 200 when the process serves. */
  readonly readyUrl: string;
  /** Folders whose changes concern it. */
  readonly sources: readonly string[];
}

export interface PlanContext {
  /** Folder of the repository. */
  readonly root: string;
  readonly services: readonly Service[];
  readonly ports: Ports;
  /** URL of a service's database. */
  readonly databaseUrl: (service: string) => string;
  /** What all processes get. */
  readonly environment: Readonly<Record<string, string | undefined>>;
}

const host = '127.0.0.1';
const at = (port: number): string => `${host}:${port}`;

/** The URLs that people and programs reach a system at. */
export function addresses({ http, admin, services }: Ports) {
  return {
    gateway: `http://${at(http)}`,
    admin: `http://${at(admin)}`,
    services: services.map((ports) => ({ grpc: at(ports.grpc), admin: `http://${at(ports.admin)}` })),
  };
}

/** Every port that a system will listen on, Postgres left out. */
export function claims({ monolith }: Pick<Options, 'monolith'>, services: readonly Service[], ports: Ports): Claim[] {
  const common = [
    { port: ports.http, purpose: 'the gateway (HTTP)' },
    { port: ports.admin, purpose: `the admin port of the ${monolith ? 'monolith' : 'gateway'}` },
  ];
  const each = ports.services.flatMap(({ grpc, admin }, index) => [
    { port: grpc, purpose: `${services[index]?.name ?? 'a service'} (gRPC)` },
    { port: admin, purpose: `the admin port of ${services[index]?.name ?? 'a service'}` },
  ]);
  return monolith ? common : [...common, ...each];
}

/** A process for each service, and the gateway. */
export function separateProcesses({ root, services, ports, databaseUrl, environment }: PlanContext): PlannedProgram[] {
  const urls = Object.fromEntries(
    services.map(({ name }, index) => [name, `static:${at(ports.services[index]?.grpc ?? 0)}`]),
  );
  const urlsOf = (names: readonly string[]) =>
    Object.fromEntries(names.map((name) => [`${variable(name)}_URL`, urls[name]]));
  const program = (name: string, admin: number, env: PlannedProgram['env']): PlannedProgram => ({
    name,
    args: [join(root, 'apps', name, 'src/main.ts')],
    env: { ...environment, ...env, ADMIN_ADDRESS: at(admin) },
    readyUrl: `http://${at(admin)}/readyz`,
    sources: [join(root, 'libs'), join(root, 'apps', name, 'src')],
  });

  const gateway = { HTTP_ADDRESS: at(ports.http), ...urlsOf(services.map(({ name }) => name)) };
  return [
    ...services.map(({ name, calls }, index) => {
      const { grpc = 0, admin = 0 } = ports.services[index] ?? {};
      return program(name, admin, { GRPC_ADDRESS: at(grpc), DATABASE_URL: databaseUrl(name), ...urlsOf(calls) });
    }),
    program('gateway', ports.admin, gateway),
  ];
}

/** One process with the gateway and all services in it. */
export function oneProcess({ root, services, ports, databaseUrl, environment }: PlanContext): PlannedProgram[] {
  const databases = services.map(({ name }) => [`${variable(name)}_DATABASE_URL`, databaseUrl(name)] as const);
  const listening = { HTTP_ADDRESS: at(ports.http), ADMIN_ADDRESS: at(ports.admin) };
  return [
    {
      name: 'monolith',
      args: [join(root, 'tools/stack/src/monolith.ts')],
      env: { ...environment, ...Object.fromEntries(databases), ...listening },
      readyUrl: `http://${at(ports.admin)}/readyz`,
      sources: [join(root, 'libs'), join(root, 'apps'), join(root, 'tools/stack/src')],
    },
  ];
}

function variable(service: string): string {
  return service.toUpperCase().replaceAll('-', '_');
}
