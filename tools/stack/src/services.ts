/** A service as part of the system on this machine; its app is the folder of that name in apps/. */
export interface Service {
  readonly name: string;
  /** The services whose contracts it calls. */
  readonly calls: readonly string[];
}

/** All services. Their ports follow from their places: add new ones at the end. */
export const services: readonly Service[] = [
  { name: 'user', calls: [] },
  { name: 'order', calls: ['user'] },
];

/** All that can have several instances, callers after those that they call. */
export const scalable: readonly string[] = [...services.map(({ name }) => name), 'gateway'];
