import type { Controlled } from './control-server.ts';
import type { DatabaseServer } from './databases.ts';
import { addressesOf, type Addresses, type Instance, type Layout } from './layout.ts';
import { Refusal } from './refusal.ts';
import { chosen, roll, type RollOptions } from './roll.ts';
import type { Report, System } from './system.ts';

/** An instance as it is now. */
export interface RunningInstance extends Addresses {
  readonly name: string;
  readonly service: string;
  /** Absent while it does not run. */
  readonly pid: number | undefined;
}

export interface RunningSystemParts {
  readonly system: System;
  /** Resolves when all processes serve or are given up, to the names of those given up. */
  readonly ready: Promise<readonly string[]>;
  /** What the end undoes. */
  readonly cleanup: AsyncDisposableStack;
  readonly postgres: DatabaseServer;
  readonly layout: Layout;
  readonly report: Report;
  /** host:port of the Consul that is used. */
  readonly consul: string | undefined;
}

/** A whole system that runs, and what can be done to it. Stop it by `stop` or `await using`. */
export class RunningSystem implements Controlled, AsyncDisposable {
  readonly #parts: RunningSystemParts;
  #isRolling = false;

  constructor(parts: RunningSystemParts) {
    this.#parts = parts;
  }

  /** Resolves when all serve and have found each other, or are given up, to the names of those given up. */
  get ready(): Promise<readonly string[]> {
    return this.#parts.ready;
  }

  /** Those of the services, then the gateways. */
  get instances(): readonly RunningInstance[] {
    return this.#parts.layout.instances.map((instance) => this.#view(instance));
  }

  /** Where HTTP is, at each gateway; once where they share a port. */
  get gateways(): readonly string[] {
    return [...new Set(this.#parts.layout.instances.flatMap((instance) => addressesOf(instance).http ?? []))];
  }

  /** URL of the Postgres server. */
  get postgres(): string {
    return this.#parts.postgres.url('postgres');
  }

  /** URL of the Consul that is used, if one is. */
  get consul(): string | undefined {
    const { consul } = this.#parts;
    return consul === undefined ? undefined : `http://${consul}`;
  }

  /** The instance of that name. Throws a Refusal when there is none. */
  instance(name: string): RunningInstance {
    const found = this.instances.find((instance) => instance.name === name);
    if (found !== undefined) return found;
    throw new Refusal(
      `nothing here is called '${name}': there are ${this.instances.map((one) => one.name).join(', ')}`,
    );
  }

  /** Process id of an instance, or of a `consul` of this system; absent while it does not run. */
  pid(name: string): number | undefined {
    return this.#parts.system.pid(name);
  }

  /**
   * Stops an instance until it is started again. `postgres` and `consul` are names, too, when they are the system's own:
   * else it rejects with a Refusal.
   */
  async halt(name: string): Promise<void> {
    const { system, postgres } = this.#parts;
    if (name !== 'postgres') await system.halt(name);
    else if (postgres.start === undefined) throw new Refusal('Postgres is not of this system');
    else await postgres.stop();
  }

  /** Starts an instance, `postgres` or `consul` again. Does not wait until an instance serves: see `serving`. */
  async start(name: string): Promise<void> {
    const { system, postgres } = this.#parts;
    if (name !== 'postgres') system.launch(name);
    else if (postgres.start === undefined) throw new Refusal('Postgres is not of this system');
    else await postgres.start();
  }

  /**
   * Resolves when an instance serves and its callers have found it. Rejects with a Refusal when it does not within so many
   * milliseconds.
   */
  async serving(name: string, within = 60_000): Promise<void> {
    await this.#parts.system.serving(name, within);
    await this.#parts.system.acquainted();
  }

  /**
   * Stops and starts the instances that the names mean, of services or of instances, one after the other; all without a
   * name. Rejects with a Refusal when one does not come back, and when another roll is under way.
   */
  async roll(names: readonly string[] = [], options: RollOptions = {}): Promise<void> {
    const { system, layout, report } = this.#parts;
    const instances = chosen(layout.instances, names);
    if (this.#isRolling) throw new Refusal('another roll is under way');
    this.#isRolling = true;
    const told = (text: string) => {
      report.news(text);
      options.told?.(text);
    };
    try {
      await roll(system, instances, { ...options, told });
    } finally {
      this.#isRolling = false;
    }
  }

  /** Stops all of it, the callers before those that they call. */
  async stop(): Promise<void> {
    await this.#parts.cleanup.disposeAsync();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }

  /** Ends all processes at once; a `stop` under way then has nothing to wait for. */
  kill(): void {
    this.#parts.system.kill();
  }

  #view(instance: Instance): RunningInstance {
    const { name, service } = instance;
    return { name, service, pid: this.pid(name), ...addressesOf(instance) };
  }
}
