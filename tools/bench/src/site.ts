import { mkdirSync, rmSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { LoadProcess } from './load/load-process.ts';
import { createWorld, type World } from './world.ts';

/** What a run has: its users, its load, its folder, and where who runs. */
export interface Site {
  readonly world: World;
  readonly load: LoadProcess;
  readonly folder: string;
  readonly cores: Cores;
  /** So many ports, not handed out before. */
  ports(count: number): readonly number[];
  /** Tells how it goes. */
  told(text: string): void;
}

/** Which core is whose: what takes the requests has one to itself. */
interface Cores {
  readonly front: number;
  readonly back: number;
  readonly load: number;
}

export interface SiteOptions {
  readonly folder: string;
  /** The first port. */
  readonly port: number;
  told(text: string): void;
}

/** Makes what a run needs. It is gone with the stack, but for its folder. */
export function openSite({ folder, port, told }: SiteOptions, stack: AsyncDisposableStack): Site {
  if (process.platform !== 'linux') throw new Error('this needs Linux, which says what each process uses, in /proc');
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const last = availableParallelism() - 1;
  const cores = { front: 0, back: Math.min(1, last), load: Math.min(2, last) };
  const load = stack.adopt(new LoadProcess(folder, cores.load), (one) => one.stop());
  let next = port;
  return {
    ...{ folder, cores, told, load },
    world: createWorld(folder),
    ports: (count) => Array.from({ length: count }, () => next++),
  };
}
