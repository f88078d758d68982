/** A service as part of the system on this machine; its app is the folder of that name in apps/. */
export interface Service {
  readonly name: string;
  /** Where its first instance listens for gRPC, from 50051 to 50149. Its admin port is 41000 lower. */
  readonly port: number;
  /** The services whose contracts it calls. */
  readonly calls: readonly string[];
  /** Whether it has a database of its own, called as it is. */
  readonly database: boolean;
}

/** All services. */
export const services: readonly Service[] = [
  { name: 'user', port: 50051, calls: [], database: true },
  { name: 'order', port: 50052, calls: ['user'], database: true },
];

/** All that can have several instances, callers after those that they call. */
export const scalable: readonly string[] = [...services.map(({ name }) => name), 'gateway'];
