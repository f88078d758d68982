import type { Tree } from '@nx/devkit';
import type { Names } from '../names.ts';
import type { Workspace } from '../workspace.ts';
import { compose } from './compose.ts';
import { gateway } from './gateway.ts';
import { kubernetes } from './kubernetes.ts';
import { launch } from './launch.ts';
import { monolith } from './monolith.ts';
import { stack } from './stack.ts';

/** A service as the rest of the system knows it. */
export interface WiredService {
  readonly names: Names;
  /** Names of the contract that it serves: `PaymentService`. */
  readonly contract: string;
  readonly port: number;
  readonly database: boolean;
  readonly isPublic: boolean;
}

/** One place of the system that lists services. Both ways do nothing where there is nothing to do. */
export interface Wiring {
  add(tree: Tree, service: WiredService, workspace: Workspace): void;
  remove(tree: Tree, service: WiredService, workspace: Workspace): void;
}

/** Every place that lists services. */
export const wirings: readonly Wiring[] = [stack, gateway, monolith, compose, launch, kubernetes];
