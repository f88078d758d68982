import { Gauge, type Registry } from 'prom-client';

/** Connections to a database, as `openDatabase` keeps them. */
export interface Pooled {
  /** Name of the database on its server. */
  readonly database: string;
  pool(): { readonly total: number; readonly idle: number; readonly waiting: number; readonly max: number };
}

/** Whether a part of a process keeps connections to a database. */
export function isPooled(part: object): part is Pooled {
  return 'pool' in part && 'database' in part;
}

/** Shows how much of each pool is in use, and how much waits for it. */
export function observeDatabases(registry: Registry, databases: readonly Pooled[]): void {
  const registers = [registry];
  new Gauge({
    name: 'database_connections',
    help: 'Open connections to a database, by whether somebody uses them.',
    labelNames: ['database', 'state'],
    registers,
    collect() {
      for (const { database, pool } of databases) {
        const { total, idle } = pool();
        this.set({ database, state: 'used' }, total - idle);
        this.set({ database, state: 'idle' }, idle);
      }
    },
  });
  new Gauge({
    name: 'database_connections_max',
    help: 'Connections to a database that there may be.',
    labelNames: ['database'],
    registers,
    collect() {
      for (const { database, pool } of databases) this.set({ database }, pool().max);
    },
  });
  new Gauge({
    name: 'database_connections_waiting',
    help: 'Queries and transactions that wait for a connection to a database.',
    labelNames: ['database'],
    registers,
    collect() {
      for (const { database, pool } of databases) this.set({ database }, pool().waiting);
    },
  });
}
