import { createContext } from '@ko/endpoint';
import { Instancer } from '../instancer.ts';
import { openSource } from '../open.ts';

/** What a process that only watches did so far. */
export interface WatchReport {
  /** Milliseconds of processor time. */
  readonly cpu: number;
  readonly updates: number;
  readonly ids: readonly string[];
}

// Watches the service that the URL names, and reports whenever it is asked to.
const instancer = new Instancer(openSource(process.argv[2] ?? ''), { log: createContext().log });
let updates = 0;
instancer.subscribe(() => updates++);
instancer.start();
process.on('message', () => {
  const { user, system } = process.cpuUsage();
  const ids = instancer.snapshot.instances.map(({ id }) => id);
  process.send?.({ cpu: (user + system) / 1_000, updates, ids } satisfies WatchReport);
});
