import type { Instance } from './instance.ts';

/** One way to find instances, and maybe to register them: a scheme of URLs. */
export interface Driver {
  /** A URL to find a service by, for messages. */
  readonly example: string;
  /** What finds the service that the URL names. Throws a TypeError when the URL makes no sense. */
  source(url: DiscoveryUrl): Source;
  /** What registers processes. Absent where something else does, such as Kubernetes for DNS. Throws like `source`. */
  readonly registry?: (url: DiscoveryUrl) => Registry;
}

/** A URL such as `consul://127.0.0.1:8500/user?tag=green`, taken apart. */
export interface DiscoveryUrl {
  /** `consul` */
  readonly scheme: string;
  /** `//127.0.0.1:8500/user` */
  readonly rest: string;
  /** What stands behind the question mark and is for the driver. */
  readonly parameters: Readonly<Record<string, string>>;
}

/** Where a service's instances are known. */
export interface Source {
  /**
   * Tells the complete list as soon as it is known, whenever it changes, and again when it is confirmed, until the signal
   * aborts; then it resolves. Rejects as soon as the source fails: it is then called again after a pause.
   */
  watch(found: (instances: readonly Instance[]) => void, signal: AbortSignal): Promise<void>;
}

/** What a process says of itself. */
export interface Registration {
  /** Name of the service. */
  readonly service: string;
  readonly instance: Instance;
  /** Milliseconds after which the registry drops a process that does not report. */
  readonly ttl: number;
}

/** Where processes register. */
export interface Registry {
  entry(registration: Registration): Entry;
}

/** A process's place in a registry. */
export interface Entry {
  /**
   * Makes the registry say what the process is, and for the next `ttl` milliseconds. Resolves to whether it said
   * something else before. Rejects when the registry does not answer.
   */
  reconcile(signal: AbortSignal): Promise<boolean>;
  /** Takes the process out. Resolves also when it was not in. */
  remove(signal: AbortSignal): Promise<void>;
}
