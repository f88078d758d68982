import { setTimeout as delay } from 'node:timers/promises';
import type { DescService } from '@bufbuild/protobuf';
import { ConformanceService } from '@ko/contracts/conformance';
import { createContext, makeClient, type Client, type Context } from '@ko/endpoint';
import { onTestFinished } from 'vitest';
import { roundRobin } from '../balancers/round-robin.ts';
import { instanceAt, type Instance } from '../instance.ts';
import { Instancer } from '../instancer.ts';
import type { Link, LinkState } from '../link.ts';
import { Pool, type PoolOptions } from '../pool.ts';

export type Answer = (context: Context) => Promise<object>;

/** A service whose instances a test lets come, fail and go. */
export class FakeService {
  readonly links = new Map<string, FakeLink>();
  readonly made: string[] = [];
  #found: (instances: readonly Instance[]) => void = () => {};

  pool(options: Partial<PoolOptions> = {}): Pool {
    const instancer = new Instancer(
      {
        watch: async (found, signal) => {
          this.#found = found;
          await delay(3_600_000, undefined, { signal }).catch(() => {});
        },
      },
      { log: createContext().log },
    );
    const pool = new Pool(
      instancer,
      ({ address }, changed) => {
        this.made.push(address);
        const link = new FakeLink(address, changed);
        this.links.set(address, link);
        return link;
      },
      { name: 'echo', balancer: roundRobin(), slowStart: 0, patience: 100, ...options },
    );
    pool.start();
    onTestFinished(() => pool.stop());
    return pool;
  }

  has(...instances: readonly (string | Instance)[]): void {
    this.#found(instances.map((instance) => (typeof instance === 'string' ? instanceAt(instance) : instance)));
  }

  at(address: string): FakeLink {
    const link = this.links.get(address);
    if (link === undefined) throw new Error(`nobody connected to ${address}`);
    return link;
  }
}

class FakeLink implements Link {
  state: LinkState = 'serving';
  answer: Answer;
  isAlive = true;
  isClosed = false;
  readonly #changed: () => void;

  constructor(address: string, changed: () => void) {
    this.#changed = changed;
    this.answer = () => Promise.resolve({ name: address });
  }

  become(state: LinkState): void {
    this.state = state;
    this.#changed();
  }

  connect<S extends DescService>(contract: S): Client<S> {
    return makeClient(contract, () => (_, context) => this.answer(context));
  }

  async probe(): Promise<void> {
    return this.isAlive ? Promise.resolve() : Promise.reject(new Error('no answer'));
  }

  close(): void {
    this.isClosed = true;
  }
}

/** Who answers so many calls, one after the other. */
export async function names(pool: Pool, calls: number): Promise<string[]> {
  const { echo } = pool.client(ConformanceService);
  const answers = [];
  for (let call = 0; call < calls; call++) answers.push((await echo({}, createContext())).name);
  return answers;
}
