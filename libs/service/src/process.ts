import { setTimeout as delay } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import type { DescService } from '@bufbuild/protobuf';
import { observeConcurrency, type ConcurrencyLimiter } from '@ko/middleware';
import { adminPort } from './admin.ts';
import type { ProcessConfig } from './config.ts';
import { isPooled, observeDatabases } from './database-metrics.ts';
import { observeDiscovery } from './discovery-metrics.ts';
import { Health, type ReadinessCheck } from './health.ts';
import type { Neighbour } from './neighbour.ts';
import { registration } from './registration.ts';
import { run, type Component } from './run.ts';
import type { Telemetry } from './telemetry.ts';
import { effectiveTimeouts } from './timeouts.ts';

/** What takes requests. */
export interface Server extends Component {
  /** host:port, as it is after the start. */
  readonly address: string;
  /** Tells callers that it will stop soon. Until it stops it takes the requests that come. */
  drain(): void;
}

/** What a process is made of, and what it cannot do without. */
export interface ProcessParts {
  /** Name of the service. */
  readonly name: string;
  readonly config: ProcessConfig;
  readonly telemetry: Telemetry;
  /** The contracts that it serves. */
  readonly contracts: readonly DescService[];
  readonly server: Server;
  /** What requests need, such as a database: started in this order, before what serves them, and stopped after it. */
  readonly resources?: readonly (Component & ReadinessCheck)[];
  /** The services that it calls. */
  readonly neighbours?: readonly Neighbour[];
  /** Holds the places for its requests. */
  readonly limiter?: ConcurrencyLimiter;
  /** What it cannot serve without, besides its resources. */
  readonly checks?: readonly ReadinessCheck[];
}

/**
 * Runs a process until it is told to stop; resolves to its exit code.
 *
 * It starts whatever is missing around it, and is registered when it can serve. It stops in this order, each step logged
 * with its duration: not ready any more, deregistered, a pause for others to notice, no more requests taken and those at
 * work finished, connections to neighbours closed, resources closed, telemetry sent. That is the last, so that the log
 * store is told of all the others, and of what could not start.
 *
 * `stopped` says when; SIGTERM or SIGINT do, unless a test says otherwise.
 */
export async function runProcess(parts: ProcessParts, stopped?: Promise<string>): Promise<number> {
  const { name, config, telemetry, server, resources = [], neighbours = [], checks = [], limiter } = parts;
  letRequestsDieYoung();
  const needs = [...resources, ...checks];
  const registrar = registration({ service: name, address: () => server.address, admin: () => admin.address }, config, {
    telemetry,
    ready: () => allReady(needs),
  });
  const registered = registrar === undefined ? [] : [registrar];
  const health = new Health([...needs, ...neighbours, ...registered], () => server.drain());
  const timeouts = effectiveTimeouts(parts);
  const admin = adminPort({ config, telemetry, health, neighbours, registrar, limiter, timeouts });
  observeDiscovery(telemetry.metrics, neighbours, registrar);
  observeDatabases(
    telemetry.metrics,
    resources.flatMap((one) => (isPooled(one) ? [one] : [])),
  );
  if (limiter !== undefined) observeConcurrency(telemetry.metrics, limiter);

  // Started in this order, stopped in the reverse one.
  const components = [
    telemetry,
    ...resources,
    admin,
    ...neighbours,
    server,
    propagation(config.SHUTDOWN_DELAY),
    ...registered,
    health,
  ];
  const limits = Object.fromEntries(
    timeouts.map(({ what, milliseconds, from }) => [what, `${milliseconds} ms: ${from}`]),
  );
  telemetry.log.info({ timeouts: limits }, 'effective timeouts, as on /timeouts of the admin port');
  const { log } = telemetry;
  return run(components, { log, budget: config.SHUTDOWN_BUDGET, ...(stopped && { stopped }) });
}

/**
 * Keeps V8 from making objects old from the start. It does so where most of them outlive a collection, which they seem to
 * while many requests wait for an answer; all that they refer to is then kept, and copied, until the next full collection.
 * See docs/cost-of-a-request.md.
 */
function letRequestsDieYoung(): void {
  setFlagsFromString('--no-allocation-site-pretenuring');
}

/** Gives others the time to notice that the process is gone from the registry, while it still takes their requests. */
function propagation(milliseconds: number): Component {
  return { name: 'propagation', stop: async () => delay(milliseconds) };
}

async function allReady(needs: readonly ReadinessCheck[]): Promise<void> {
  await Promise.all(needs.map(async (need) => need.ready?.()));
}
