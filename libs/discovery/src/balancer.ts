import type { DescMethod } from '@bufbuild/protobuf';
import type { Context } from '@ko/endpoint';
import type { Instance } from './instance.ts';

/** An instance that could take a call. */
export interface Candidate {
  readonly instance: Instance;
  /** Its share beside the others at present: the instance's weight, less while it is new. Above 0. */
  readonly weight: number;
  /** How busy it is at present; 0 is idle. */
  readonly cost: number;
}

/** The call that an instance is wanted for. */
export interface Call {
  readonly method: DescMethod;
  readonly request: unknown;
  readonly context: Context;
}

/** Picks the instance for a call. There is always at least one candidate. */
export type Balancer = <C extends Candidate>(candidates: readonly [C, ...C[]], call: Call) => C;
