import { join } from 'node:path';
import { at, type Instance, type Layout } from './layout.ts';
import type { Claim } from './ports.ts';
import type { Service } from './services.ts';
import type { Program } from './supervised-process.ts';

export type Environment = Readonly<Record<string, string | undefined>>;

/** A process of the system. */
export interface PlannedProgram extends Program {
  /** Equal programs have the same one. */
  readonly service: string;
  /** Answers 200 when the process serves. */
  readonly readyUrl: string;
  /** Folders whose changes concern it. */
  readonly sources: readonly string[];
}

export interface PlanContext {
  /** Folder of the repository. */
  readonly root: string;
  readonly services: readonly Service[];
  readonly layout: Layout;
  /** URL of a service's database. */
  readonly databaseUrl: (service: string) => string;
  /** What all processes get. */
  readonly environment: Environment;
  /** What some get besides, by the name of a service or of an instance, which comes first. */
  readonly overrides?: Readonly<Record<string, Environment>>;
  /** host:port of the Consul that they find each other through. Absent: each has lists of the others. */
  readonly consul?: string | undefined;
  /** Milliseconds that a process has to stop in. */
  readonly grace: number;
}

/** Milliseconds in which others on this machine notice that an instance stops. */
const noticed = '500';

/** Every port that the processes will listen on, once, though they share it. */
export function claims({ instances }: Layout): Claim[] {
  const all = instances.flatMap(({ name, ports: { http, grpc, admin } }) => [
    ...(http === undefined
      ? []
      : [{ port: http, purpose: `${name === 'monolith' ? 'the gateway' : whose(name)} (HTTP)` }]),
    ...(grpc === undefined ? [] : [{ port: grpc, purpose: `${whose(name)} (gRPC)` }]),
    { port: admin, purpose: `the admin port of ${whose(name)}` },
  ]);
  return all.filter(({ port }, index) => all.findIndex((claim) => claim.port === port) === index);
}

function whose(name: string): string {
  return name === 'gateway' || name === 'monolith' ? `the ${name}` : name;
}

/** A process for each instance of a service and of the gateway. */
export function separateProcesses(context: PlanContext): PlannedProgram[] {
  const { root, services, layout, databaseUrl } = context;
  const urls = (names: readonly string[]) =>
    Object.fromEntries(names.map((name) => [`${variable(name)}_URL`, wayTo(name, context)]));
  const common = {
    ...commonEnvironment(context),
    ...(isElastic(context) && { SHUTDOWN_DELAY: context.environment.SHUTDOWN_DELAY ?? noticed }),
    ...(context.consul !== undefined && { REGISTRY_URL: `consul://${context.consul}` }),
  };

  return layout.instances.map((instance) => {
    const { name, service, ports } = instance;
    const known = services.find((one) => one.name === service);
    const neighbours = known?.calls ?? services.map((one) => one.name);
    return {
      name,
      service,
      args: [join(root, 'apps', service, 'src/main.ts')],
      env: {
        ...common,
        ...(ports.grpc !== undefined && { GRPC_ADDRESS: at(ports.grpc) }),
        ...(known?.database === true && { DATABASE_URL: databaseUrl(service) }),
        ...(ports.http !== undefined && { HTTP_ADDRESS: at(ports.http) }),
        ...(isShared(instance, layout) && { REUSE_PORT: 'true' }),
        ...urls(neighbours),
        ADMIN_ADDRESS: at(ports.admin),
        ...overridesOf(instance, context),
      },
      readyUrl: `http://${at(ports.admin)}/readyz`,
      sources: [join(root, 'libs'), join(root, 'apps', service, 'src')],
    };
  });
}

/** One process with the gateway and all services in it. */
export function oneProcess(context: PlanContext): PlannedProgram[] {
  const { root, services, layout, databaseUrl } = context;
  const databases = services
    .filter(({ database }) => database)
    .map(({ name }) => [`${variable(name)}_DATABASE_URL`, databaseUrl(name)] as const);
  return layout.instances.map((instance) => ({
    name: instance.name,
    service: instance.service,
    args: [join(root, 'tools/stack/src/monolith.ts')],
    env: {
      ...commonEnvironment(context),
      ...Object.fromEntries(databases),
      HTTP_ADDRESS: at(instance.ports.http ?? 0),
      ADMIN_ADDRESS: at(instance.ports.admin),
      ...overridesOf(instance, context),
    },
    readyUrl: `http://${at(instance.ports.admin)}/readyz`,
    sources: [join(root, 'libs'), join(root, 'apps'), join(root, 'tools/stack/src')],
  }));
}

function commonEnvironment({ environment, grace }: PlanContext): Environment {
  return { ...environment, LOG_FORMAT: 'json', GRACE_PERIOD: String(grace) };
}

function isShared({ name, ports: { http } }: Instance, { instances }: Layout): boolean {
  return http !== undefined && instances.some((other) => other.name !== name && other.ports.http === http);
}

/** Whether others can take over what an instance leaves. */
function isElastic({ layout, services, consul }: PlanContext): boolean {
  return consul !== undefined || layout.instances.length > services.length + 1;
}

function wayTo(service: string, context: PlanContext): string {
  const { layout, consul } = context;
  if (consul !== undefined) return `consul://${consul}/${service}`;
  const instances = layout.instances.filter((instance) => instance.service === service);
  return `static:${instances.map((instance) => reachedAt(instance, context)).join(',')}`;
}

/** Where others reach the instance: a proxy, perhaps, that it is told to advertise. */
function reachedAt(instance: Instance, context: PlanContext): string {
  return overridesOf(instance, context).ADVERTISED_ADDRESS ?? at(instance.ports.grpc ?? 0);
}

function overridesOf({ name, service }: Instance, { overrides = {} }: PlanContext): Environment {
  return { ...overrides[service], ...overrides[name] };
}

function variable(service: string): string {
  return service.toUpperCase().replaceAll('-', '_');
}
