import { existsSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { consulClaims, findConsul } from './consul.ts';
import { serveControl } from './control-server.ts';
import { foreignServer, ownServer, prepareDatabases, wasLeftRunning, type DatabaseServer } from './databases.ts';
import { addressesOf, layOut, type Layout, type LayoutOptions } from './layout.ts';
import type { Discovery } from './options.ts';
import { claims, oneProcess, separateProcesses, type Environment, type PlannedProgram } from './plan.ts';
import { checkPorts, type Claim } from './ports.ts';
import { root } from './root.ts';
import { RunningSystem } from './running-system.ts';
import { services } from './services.ts';
import { defaultGrace } from './supervised-process.ts';
import { SystemFile, type SystemState } from './system-file.ts';
import { System, type Report } from './system.ts';
import { watchSources } from './watch-sources.ts';

export interface SystemOptions extends LayoutOptions {
  /** Folder of all that outlives the system. No other running system may have it. */
  readonly data: string;
  /** How processes find each other: by lists unless said. */
  readonly discovery?: Discovery;
  /** With Consul: one that is run for this system alone, whatever else answers on the machine. */
  readonly ownConsul?: boolean;
  /** What all processes get; that of this process unless said. DATABASE_SERVER_URL and CONSUL_… in it are heeded. */
  readonly environment?: Environment;
  /**
   * What some processes get besides, by the name of an instance or of a service, such as `user.2` or `user`. Those who
   * call an instance reach it at its ADVERTISED_ADDRESS.
   */
  readonly overrides?: Readonly<Record<string, Environment>>;
  /** Restart what a change of the sources concerns. */
  readonly watch?: boolean;
  /** Gets what there is to tell. */
  readonly report?: Report;
  /** Ends a start under way: it then rejects with the signal's reason. */
  readonly signal?: AbortSignal;
}

const silent: Report = { line() {}, news() {}, crashed() {} };

/**
 * Starts a whole system: Postgres with its databases, Consul if wanted, and the processes. Resolves when these have been
 * started, to what controls them; `ready` tells when they serve. Rejects, leaving nothing behind, with a UsageError,
 * FolderInUse or PortsTaken, or when Postgres does not start.
 */
export async function startSystem(options: SystemOptions): Promise<RunningSystem> {
  const { data, environment = process.env, report = silent, signal, watch = false } = options;
  await using failure = new AsyncDisposableStack();
  const cleanup = failure.use(new AsyncDisposableStack());
  const file = cleanup.adopt(new SystemFile(data), (own) => own.remove());
  const layout = layOut(services, options);
  const own = options.ownConsul ?? false;
  const consul = options.discovery === 'consul' ? await findConsul(environment, layout.consul, { own }) : undefined;
  const wanted = [...claims(layout), ...(consul?.program === undefined ? [] : consulClaims(layout.consul))];
  const postgres = await startPostgres({ data, environment, report, port: layout.postgres, wanted });
  cleanup.defer(() => postgres.stop());
  const databaseUrl = (service: string): string => postgres.url(service);
  await prepare(postgres, { data, report });
  signal?.throwIfAborted();

  const plan = options.monolith === true ? oneProcess : separateProcesses;
  const { overrides = {} } = options;
  const context = { root, services, layout, databaseUrl, environment, overrides, grace: defaultGrace };
  const programs = plan({ ...context, consul: consul?.address });
  const all = [...(consul?.program === undefined ? [] : [consul.program]), ...programs];
  const system = new System(all, { ...report, running: (processes) => file.update({ processes }) });
  cleanup.defer(() => system.stop());
  if (watch) restartOnChange(system, programs, { report, signal: abortedWith(cleanup) });

  const ready = system.start().then((missing) => {
    file.update({ ready: true, postgres: running.postgres, gateway: running.gateways[0] ?? '' });
    return missing;
  });
  const parts = { system, ready, cleanup, postgres, layout, report };
  const running = new RunningSystem({ ...parts, consul: consul?.address });
  const { url, token } = cleanup.adopt(await serveControl(running), (control) => control.close());
  file.update({ ...placesOf(layout, running.consul), control: { url, token } });
  failure.move(); // From here on it is for the running system to end.
  return running;
}

function placesOf(layout: Layout, consul: string | undefined): Partial<SystemState> {
  return {
    ...(consul !== undefined && { consul }),
    instances: Object.fromEntries(
      layout.instances.map((instance) => [instance.name, { service: instance.service, ...addressesOf(instance) }]),
    ),
  };
}

interface PostgresNeeds {
  readonly data: string;
  readonly environment: Environment;
  readonly report: Report;
  readonly port: number;
  /** What else has to be free before anything starts. */
  readonly wanted: readonly Claim[];
}

async function startPostgres({ data, environment, report, port, wanted }: PostgresNeeds): Promise<DatabaseServer> {
  const foreign = environment.DATABASE_SERVER_URL;
  const own = foreign === undefined && !wasLeftRunning(data);
  await checkPorts(own ? [...wanted, { port, purpose: 'Postgres' }] : wanted);
  if (foreign !== undefined) return foreignServer(foreign);
  const server = await ownServer(data, port);
  report.news(`Postgres runs at ${server.url('postgres')}`);
  return {
    ...server,
    async stop() {
      await server.stop();
      report.news('Postgres has stopped');
    },
  };
}

async function prepare(
  server: DatabaseServer,
  { data, report }: { readonly data: string; readonly report: Report },
): Promise<void> {
  const apps = Object.fromEntries(
    services.filter(({ database }) => database).map(({ name }) => [name, join(root, 'apps', name)]),
  );
  const changes = await prepareDatabases(server, apps);
  for (const done of changes) report.news(done);
  const seeded = join(data, 'seeded');
  if (server.start !== undefined && changes.length === 0 && existsSync(seeded)) return;
  // It loads the services themselves, which takes as long as starting one.
  const { seed } = await import('./seed.ts');
  await seed((service) => server.url(service));
  writeFileSync(seeded, '');
}

function abortedWith(cleanup: AsyncDisposableStack): AbortSignal {
  const controller = new AbortController();
  cleanup.defer(() => controller.abort());
  return controller.signal;
}

function restartOnChange(
  system: System,
  programs: readonly PlannedProgram[],
  { report, signal }: { readonly report: Report; readonly signal: AbortSignal },
): void {
  for (const { service, sources } of new Map(programs.map((program) => [program.service, program])).values()) {
    const names = programs.filter((program) => program.service === service).map(({ name }) => name);
    watchSources(sources, signal, (changed) => {
      report.news(`${relative(root, changed)} has changed: ${names.join(', ')} restart${names.length > 1 ? '' : 's'}`);
      for (const name of names) void system.restart(name);
    });
  }
}
