import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { banner } from './banner.ts';
import { foreignServer, ownServer, prepareDatabases, wasLeftRunning, type DatabaseServer } from './databases.ts';
import { interrupts, interrupted } from './interrupts.ts';
import type { Options } from './options.ts';
import { addresses, claims, planPrograms } from './plan.ts';
import { assignPorts, checkPorts, type Ports } from './ports.ts';
import { root } from './root.ts';
import { services } from './services.ts';
import { System } from './system.ts';
import { SystemFile } from './system-file.ts';
import { openTerminal } from './terminal.ts';
import { watchSources } from './watch-sources.ts';

/** Runs the whole system until it is told to stop, and leaves nothing of it running. */
export async function runSystem(options: Options): Promise<void> {
  const { stop, force } = interrupts();
  const { monolith, data, port, watch } = options;
  if (existsSync(join(root, '.env'))) process.loadEnvFile(join(root, '.env'));

  await using cleanup = new AsyncDisposableStack();
  const file = cleanup.adopt(new SystemFile(data), (own) => own.remove());
  const ports = assignPorts(services.length, port);
  const terminal = openTerminal(['ko', 'gateway', 'monolith', ...services.map(({ name }) => name)]);

  const server = await startServer(options, ports);
  cleanup.defer(async () => {
    await server.stop();
    terminal.news('Postgres has stopped');
  });
  await prepare(server, terminal.news);
  if (stop.aborted) return;

  const environment = { ...process.env, LOG_FORMAT: 'json' };
  const databaseUrl = (service: string): string => server.url(service);
  const programs = planPrograms({ root, monolith, services, ports, databaseUrl, environment });
  const system = new System(programs, { ...terminal, running: (processes) => file.update({ processes }) });
  cleanup.defer(() => system.stop());
  force.addEventListener('abort', () => system.kill());

  const started = system.start();
}
