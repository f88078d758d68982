import { existsSync } from 'node:fs';
import { join, relative } from 'node:path';
import { banner } from './banner.ts';
import { foreignServer, ownServer, prepareDatabases, wasLeftRunning, type DatabaseServer } from './databases.ts';
import { aborted, interrupts } from './interrupts.ts';
import type { Options } from './options.ts';
import { addresses, claims, oneProcess, separateProcesses, type PlannedProgram } from './plan.ts';
import { assignPorts, checkPorts, type Ports } from './ports.ts';
import { root } from './root.ts';
import { sample, seed } from './seed.ts';
import { services } from './services.ts';
import { SystemFile } from './system-file.ts';
import { System } from './system.ts';
import { openTerminal, type Terminal } from './terminal.ts';
import { watchSources } from './watch-sources.ts';

/** Runs the whole system until it is told to stop, and leaves nothing of it running. */
export async function runSystem(options: Options): Promise<void> {
  const { stop, force } = interrupts();
  const { monolith, data, port, watch } = options;
  if (existsSync(join(root, '.env'))) process.loadEnvFile(join(root, '.env'));

  await using cleanup = new AsyncDisposableStack();
  const file = cleanup.adopt(new SystemFile(data), (own) => own.remove());
  const ports = assignPorts(services.length, port);
  const terminal = openTerminal(['gateway', ...services.map(({ name }) => name), ...(monolith ? ['monolith'] : [])]);

  const server = await startServer(options, ports, terminal);
  cleanup.defer(() => server.stop());
  await prepare(server, terminal);
  if (stop.aborted) return;

  const databaseUrl = (service: string): string => server.url(service);
  const plan = monolith ? oneProcess : separateProcesses;
  const programs = plan({ root, services, ports, databaseUrl, environment: { ...process.env, LOG_FORMAT: 'json' } });
  const system = new System(programs, { ...terminal, running: (processes) => file.update({ processes }) });
  cleanup.defer(() => system.stop());
  force.addEventListener('abort', () => system.kill());
  if (watch) restartOnChange(system, programs, { stop, terminal });

  const missing = await Promise.race([system.start(), aborted(stop)]);
  if (missing !== undefined) {
    const postgres = server.url('postgres');
    file.update({ ready: true, gateway: addresses(ports).gateway, postgres });
    terminal.text(banner({ monolith, services, ports, postgres, sample, missing }));
  }
  await aborted(stop);
}

async function startServer({ data, monolith }: Options, ports: Ports, { news }: Terminal): Promise<DatabaseServer> {
  const foreign = process.env.DATABASE_SERVER_URL;
  const wanted = claims({ monolith }, services, ports);
  const own = foreign === undefined && !wasLeftRunning(data);
  await checkPorts(own ? [...wanted, { port: ports.postgres, purpose: 'Postgres' }] : wanted);
  if (foreign !== undefined) return foreignServer(foreign);
  const server = await ownServer(data, ports.postgres);
  news(`Postgres runs at ${server.url('postgres')}`);
  return {
    url: (database) => server.url(database),
    async stop() {
      await server.stop();
      news('Postgres has stopped');
    },
  };
}

async function prepare(server: DatabaseServer, { news }: Terminal): Promise<void> {
  const apps = Object.fromEntries(services.map(({ name }) => [name, join(root, 'apps', name)]));
  for (const done of await prepareDatabases(server, apps)) news(done);
  await seed((service) => server.url(service));
}

function restartOnChange(
  system: System,
  programs: readonly PlannedProgram[],
  { stop, terminal }: { readonly stop: AbortSignal; readonly terminal: Terminal },
): void {
  for (const { name, sources } of programs) {
    watchSources(sources, stop, (changed) => {
      terminal.news(`${relative(root, changed)} has changed: ${name} restarts`);
      void system.restart(name);
    });
  }
}
