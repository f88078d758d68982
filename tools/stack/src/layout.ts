import type { Scale } from './scale.ts';
import type { Service } from './services.ts';

/** A process of the system, and the ports that it listens on. */
export interface Instance {
  /** That of its service, with its number where there are several: `user`, or `user.2`. */
  readonly name: string;
  /** A service, `gateway` or `monolith`. */
  readonly service: string;
  readonly ports: InstancePorts;
}

/** Services have gRPC, the edge has HTTP. */
export interface InstancePorts {
  readonly grpc?: number;
  readonly http?: number;
  readonly admin: number;
}

/** The ports of a Consul of our own. */
export interface ConsulPorts {
  readonly http: number;
  readonly server: number;
  readonly gossip: number;
}

/** Who listens where, in a whole system. */
export interface Layout {
  /** Services in their order, then the gateway; or the monolith alone. */
  readonly instances: readonly Instance[];
  readonly postgres: number;
  readonly consul: ConsulPorts;
}

export interface LayoutOptions {
  readonly scale?: Scale;
  /** Where the gateway listens, and all else on the ports after it. Unless said, the well-known ports. */
  readonly port?: number | undefined;
  readonly monolith?: boolean;
  /** Whether all gateways listen on the port of the first. */
  readonly sharePort?: boolean;
}

/** The URLs and addresses that people and programs reach an instance at. */
export interface Addresses {
  /** URL of the admin port. */
  readonly admin: string;
  /** host:port */
  readonly grpc?: string;
  /** URL of the edge. */
  readonly http?: string;
}

/** So many ports lie between an instance of a service and the next one. */
export const stride = 100;

/**
 * The layout of a system. First instances listen on the well-known ports, or in a row from `port` on: gateway, Postgres,
 * admin port of the gateway, then gRPC and admin port of each service, then Consul. Whatever a first instance listens on,
 * the second has the port 100 higher, the third 200, and so on; but for HTTP, where gateways may share a port.
 */
export function layOut(services: readonly Service[], options: LayoutOptions = {}): Layout {
  const { scale = {}, monolith = false, sharePort = false } = options;
  const { gateway, each, postgres, consul } = firstPorts(services, options.port);
  const instances = monolith
    ? [{ name: 'monolith', service: 'monolith', ports: gateway }]
    : [...each, { service: 'gateway', ports: gateway }].flatMap(({ service, ports }) =>
        instancesOf(service, ports, scale[service] ?? 1, sharePort),
      );
  return { instances, postgres, consul };
}

/** The address as others on this machine reach it. */
export function at(port: number): string {
  return `127.0.0.1:${port}`;
}

export function addressesOf({ ports: { admin, grpc, http } }: Instance): Addresses {
  return {
    admin: `http://${at(admin)}`,
    ...(grpc !== undefined && { grpc: at(grpc) }),
    ...(http !== undefined && { http: `http://${at(http)}` }),
  };
}

function firstPorts(services: readonly Service[], first: number | undefined) {
  const port = (offset: number, wellKnown: number) => (first === undefined ? wellKnown : first + offset);
  const after = 3 + 2 * services.length;
  return {
    gateway: { http: port(0, 8080), admin: port(2, 9050) },
    postgres: port(1, 54320),
    each: services.map(({ name, port: grpc }, index) => ({
      service: name,
      ports: { grpc: port(3 + 2 * index, grpc), admin: port(4 + 2 * index, grpc - 41_000) },
    })),
    consul: { http: port(after, 8500), server: port(after + 1, 8300), gossip: port(after + 2, 8301) },
  };
}

function instancesOf(service: string, first: InstancePorts, count: number, sharePort: boolean): Instance[] {
  return Array.from({ length: count }, (_, index) => ({
    name: count === 1 ? service : `${service}.${index + 1}`,
    service,
    ports: {
      admin: first.admin + stride * index,
      ...(first.grpc !== undefined && { grpc: first.grpc + stride * index }),
      ...(first.http !== undefined && { http: first.http + (sharePort ? 0 : stride * index) }),
    },
  }));
}
