import type { DescService } from '@bufbuild/protobuf';
import { Instancer, Pool, type Factory, type PoolView } from '@ko/discovery';
import { StatusError, wrapClient, type Client, type Middleware, type Timeout } from '@ko/endpoint';
import { GrpcLink } from '@ko/transport';
import type { ProcessConfig } from './config.ts';
import type { ReadinessCheck } from './health.ts';
import { parseWay } from './neighbour-url.ts';
import { clientMiddleware, type ClientOptions } from './onion.ts';
import type { Component } from './run.ts';
import type { Secret } from './secret.ts';

export interface NeighbourOptions extends ClientOptions {
  readonly config: Pick<ProcessConfig, 'ZONE' | 'REQUEST_TIMEOUT' | 'HEDGE_AFTER' | 'MULTIPLEX'>;
}

/** Another service, wherever its instances are. The clients of all its contracts share one connection per instance. */
export class Neighbour implements Component, ReadinessCheck {
  readonly name: string;
  readonly service: string;
  readonly timeouts: readonly Timeout[];
  readonly #pool: Pool;
  readonly #middleware: Middleware;

  /** `url` says how to find its instances: see `parseWay`. Nothing connects before the start. */
  constructor(service: string, url: Secret, options: NeighbourOptions) {
    const { source, balancer, preference } = parseWay(url.reveal());
    const log = options.telemetry.log.child({ neighbour: service });
    this.name = `connections to ${service}`;
    this.service = service;
    const { REQUEST_TIMEOUT: maxDeadline, HEDGE_AFTER: hedgeAfter, MULTIPLEX: multiplex } = options.config;
    this.#middleware = clientMiddleware({ maxDeadline, hedgeAfter, ...options });
    const linkTo: Factory = ({ address }, changed) => new GrpcLink(address, changed, { multiplex });
    this.#pool = new Pool(new Instancer(source, { log }), linkTo, {
      name: service,
      balancer,
      preference: { zone: options.config.ZONE, ...preference },
      log,
    });
    this.timeouts = timeoutsOf(service, options.config, this.#pool.timeouts);
  }

  /** The service's endpoints of a contract, with all that stands around a call. */
  connect<S extends DescService>(contract: S): Client<S> {
    return wrapClient(contract, this.#pool.client(contract), this.#middleware);
  }

  async start(): Promise<void> {
    this.#pool.start();
    return Promise.resolve();
  }

  async stop(): Promise<void> {
    this.#pool.stop();
    return Promise.resolve();
  }

  get isReachable(): boolean {
    return this.#pool.isAble;
  }

  /** What keeps calls from reaching it. That is no reason to refuse requests that do not need it. */
  warning(): string | undefined {
    const { fault } = this.#pool.view;
    if (!this.isReachable) return `no instance of ${this.service} can be reached`;
    return fault === undefined ? undefined : `the list of instances may be out of date: ${fault}`;
  }

  get view(): PoolView {
    return this.#pool.view;
  }

  /** Closes the circuit of the instance at the address, or all of them. Returns how many were not closed. */
  reset(address?: string): number {
    return this.#pool.reset(address);
  }
}

function timeoutsOf(service: string, config: NeighbourOptions['config'], pool: readonly Timeout[]): readonly Timeout[] {
  const { REQUEST_TIMEOUT, HEDGE_AFTER } = config;
  const of = (what: string) => `${service}: ${what}`;
  return [
    { what: of('call'), milliseconds: REQUEST_TIMEOUT, from: 'REQUEST_TIMEOUT, less what its caller has left' },
    ...(HEDGE_AFTER > 0
      ? [{ what: of('read, until it is asked for once more'), milliseconds: HEDGE_AFTER, from: 'HEDGE_AFTER' }]
      : []),
    ...pool.map(({ what, ...timeout }) => ({ what: of(what), ...timeout })),
    ...GrpcLink.timeouts.map(({ what, ...timeout }) => ({ what: of(what), ...timeout })),
  ];
}

/** Passes while any of the neighbours can be reached: what the edge has to have to be of use. */
export function anyReachable(neighbours: readonly Neighbour[]): ReadinessCheck {
  return {
    name: 'neighbours',
    async ready() {
      if (neighbours.some(({ isReachable }) => isReachable)) return Promise.resolve();
      throw new StatusError(
        'unavailable',
        `none of ${neighbours.map(({ service }) => service).join(', ')} can be reached`,
      );
    },
  };
}
