import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { json } from 'node:stream/consumers';
import { freePorts } from '@ko/discovery/testing';
import { PortsTaken, startSystem, type RunningSystem, type SystemOptions } from '@ko/stack';
import { consulTargets } from './consul-targets.ts';
import { startProgram } from './program.ts';
import { adaptedConfig, type Neighbourhood } from './prometheus-config.ts';
import { Prometheus } from './prometheus.ts';

export interface Programs {
  readonly prometheus: string;
  /** Whether that Prometheus knows Consul. */
  readonly knowsConsul: boolean;
  readonly exporter: string;
}

export interface WatchedSystem extends AsyncDisposable {
  readonly system: RunningSystem;
  readonly prometheus: Prometheus;
  readonly places: Neighbourhood;
  /** Names of the alerts that an Alertmanager would have been told of. */
  alerts(): ReadonlySet<string>;
}

/** The whole system in Consul, with two user services, and what watches it: all as docker-compose.yml has it. */
export async function startWatchedSystem(programs: Programs): Promise<WatchedSystem> {
  await using cleanup = new AsyncDisposableStack();
  const data = mkdtempSync(join(tmpdir(), 'ko-watched-'));
  cleanup.defer(() => rmSync(data, { recursive: true, force: true }));
  const sink = cleanup.use(await openSink());
  const environment = { ...process.env, DATABASE_SERVER_URL: undefined, LOG_LEVEL: 'error', RATE_LIMIT: '100000' };
  const system = cleanup.use(
    await startAnywhere({
      data,
      scale: { user: 2 },
      discovery: 'consul',
      ownConsul: true,
      environment: { ...environment, OTEL_EXPORTER_OTLP_ENDPOINT: sink.url },
    }),
  );
  const [prometheusPort = 0, exporterPort = 0] = await freePorts(2);
  const consul = system.consul ?? '';
  const local = (port: number) => `127.0.0.1:${port}`;
  const places = {
    consul: new URL(consul).host,
    prometheus: local(prometheusPort),
    exporter: local(exporterPort),
    alertmanager: new URL(sink.url).host,
  };
  cleanup.use(await startExporter(programs.exporter, places.exporter, system.postgres));
  const targets = programs.knowsConsul ? undefined : cleanup.use(await consulTargets(consul)).url;
  const folder = adaptedConfig(places, targets);
  const feature = '--enable-feature=exemplar-storage';
  const prometheus = cleanup.use(await Prometheus.start(programs.prometheus, folder, prometheusPort, feature));
  const missing = await system.ready;
  if (missing.length > 0) throw new Error(`did not start: ${missing.join(', ')}`);
  const all = cleanup.move();
  return {
    system,
    prometheus,
    places,
    alerts: () => sink.alerts,
    [Symbol.asyncDispose]: async () => all.disposeAsync(),
  };
}

async function startExporter(program: string, address: string, postgres: string): Promise<AsyncDisposable> {
  const environment = { DATA_SOURCE_NAME: `${postgres}?sslmode=disable` };
  const args = [`--web.listen-address=${address}`];
  return startProgram(program, { args, environment, readyUrl: `http://${address}/metrics` });
}

interface Sink extends AsyncDisposable {
  readonly url: string;
  readonly alerts: ReadonlySet<string>;
}

/** Takes spans and log lines, since only what is kept has an exemplar, and alerts. */
async function openSink(): Promise<Sink> {
  const alerts = new Set<string>();
  const server = createServer((request, response) => {
    void json(request)
      .then((body) => {
        if (request.url !== '/api/v2/alerts') return;
        for (const { labels } of body as readonly { labels: { alertname: string } }[]) alerts.add(labels.alertname);
      })
      .finally(() => response.setHeader('content-type', 'application/json').end('{}'));
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    alerts,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await once(server.close(), 'close');
    },
  };
}

/** On ports below those that systems give to clients. */
async function startAnywhere(options: SystemOptions): Promise<RunningSystem> {
  try {
    return await startSystem({ ...options, port: 28_000 + 10 * randomInt(200) });
  } catch (error) {
    if (error instanceof PortsTaken) return startAnywhere(options);
    throw error;
  }
}
