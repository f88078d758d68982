import type { DescService } from '@bufbuild/protobuf';
import type { Client } from '@ko/endpoint';
import type { Instance } from './instance.ts';

/** Whether calls can reach an instance: it says that it serves, it says that it stops, or it says nothing. */
export type LinkState = 'connecting' | 'serving' | 'draining' | 'unreachable';

/** The way to one instance. It connects by itself, and again whenever the connection is lost. */
export interface Link {
  readonly state: LinkState;
  /** The instance's endpoints of a contract. */
  connect<S extends DescService>(contract: S): Client<S>;
  /** Rejects when the instance does not say in time that it is alive. */
  probe(signal: AbortSignal): Promise<void>;
  /** Calls at work go on to their end. */
  close(): void;
}

/** Makes the way to an instance, once, when that is found. `changed` is to be called whenever the state has changed. */
export type Factory = (instance: Instance, changed: () => void) => Link;
