import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startSystem, type Report, type RunningSystem, type Scale } from '@ko/stack';
import type { Gateway } from './edge.ts';
import { SlowProxy } from './slow-proxy.ts';

export interface TargetOptions {
  readonly scale: Scale;
  /** The gateway's port, with all others after it. */
  readonly port: number;
  readonly report: Report;
  /** Ends a start under way. */
  readonly signal: AbortSignal;
}

/** The instance before which the network can become slow. */
const proxied = 'order.3';

/** A system to do things to. */
export class Target implements AsyncDisposable {
  readonly #system: RunningSystem;
  readonly #proxy: SlowProxy;
  readonly #cleanup: AsyncDisposableStack;

  private constructor(system: RunningSystem, proxy: SlowProxy, cleanup: AsyncDisposableStack) {
    this.#system = system;
    this.#proxy = proxy;
    this.#cleanup = cleanup;
  }

  /** Starts a system of its own, whose processes find each other in a Consul of its own. Resolves when all of it serves. */
  static async start({ port, ...options }: TargetOptions): Promise<Target> {
    await using cleanup = new AsyncDisposableStack();
    const data = await mkdtemp(join(tmpdir(), 'ko-faults-'));
    cleanup.defer(async () => rm(data, { recursive: true, force: true }));
    const proxyPort = port - 1;
    const system = await startSystem({
      ...options,
      data,
      port,
      discovery: 'consul',
      ownConsul: true,
      environment: { ...process.env, RATE_LIMIT: '1000000', PASSWORD_RATE_LIMIT: '100000' },
      overrides: { [proxied]: { ADVERTISED_ADDRESS: `127.0.0.1:${proxyPort}` } },
    });
    cleanup.use(system);
    const proxy = cleanup.adopt(new SlowProxy(system.instance(proxied).grpc ?? ''), (own) => own.stop());
    await proxy.start(proxyPort);
    const missing = await system.ready;
    if (missing.length > 0) throw new Error(`did not start: ${missing.join(', ')}`);
    return new Target(system, proxy, cleanup.move());
  }

  get gateways(): readonly Gateway[] {
    return this.#system.instances.flatMap(({ http, admin }) =>
      http === undefined ? [] : [{ url: http, readyUrl: `${admin}/readyz` }],
    );
  }

  /** Restarts the instances of a service one after the other. */
  async roll(service: string): Promise<void> {
    await this.#system.roll([service]);
  }

  signal(instance: string, signal: NodeJS.Signals): void {
    const pid = this.#system.pid(instance);
    if (pid === undefined) throw new Error(`${instance} does not run`);
    process.kill(pid, signal);
  }

  /** Stops an instance, `consul` or `postgres`. */
  async stop(name: string): Promise<void> {
    await this.#system.halt(name);
  }

  async start(name: string): Promise<void> {
    await this.#system.start(name);
  }

  /** Delays what one instance of order says by so many milliseconds. */
  slow(latency: number): void {
    this.#proxy.latency = latency;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#cleanup.disposeAsync();
  }
}
