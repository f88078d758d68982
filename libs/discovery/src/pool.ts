import type { DescMethod, DescService } from '@bufbuild/protobuf';
import {
  createContext,
  makeClient,
  orAborted,
  StatusError,
  type Client,
  type Context,
  type Logger,
  type Timeout,
} from '@ko/endpoint';
import type { Balancer, Call } from './balancer.ts';
import { leastLoaded } from './balancers/least-loaded.ts';
import { weightedRandom } from './balancers/random.ts';
import { probeTimeout, type CircuitCause } from './circuit.ts';
import type { Instancer, Snapshot } from './instancer.ts';
import type { Factory } from './link.ts';
import { Member, type MemberOptions, type MemberView } from './member.ts';
import { groupsOf, preferred, type Group, type Preference } from './preference.ts';

export interface PoolOptions {
  /** What the instances are called in messages. */
  readonly name: string;
  readonly balancer?: Balancer;
  readonly preference?: Preference;
  readonly log?: Logger;
  /** Milliseconds until a new instance gets its full share of the calls. */
  readonly slowStart?: number;
  /** Milliseconds without any answer, while calls wait for one, after which an instance is asked whether it is alive. */
  readonly silence?: number;
  /** Milliseconds that a call waits at most for an instance that is being connected to. */
  readonly patience?: number;
}

/** What stands on the admin port about a service that is called. */
export interface PoolView {
  readonly instances: readonly MemberView[];
  /** When the list of instances was last confirmed: milliseconds since 1970. */
  readonly confirmed: number | undefined;
  /** Why the list may be out of date. */
  readonly fault: string | undefined;
  /** How often circuits have opened so far, by cause. */
  readonly opened: Readonly<Record<CircuitCause, number>>;
}

/** A failing instance is put aside for that alone when it fails so much, and so much more often than the others. */
const outlierShare = 0.3;
const outlierRatio = 3;

/**
 * The instances of a service, as one client: each call goes to the instance that the balancer picks out of those that can
 * take it. There is one way to each, which all contracts share. Calls reject with `unavailable` while there is none.
 */
export class Pool {
  readonly timeouts: readonly Timeout[];
  readonly #instancer: Instancer;
  readonly #factory: Factory;
  readonly #name: string;
  readonly #balancer: Balancer;
  readonly #preference: Preference;
  readonly #patience: number;
  readonly #memberOptions: MemberOptions;
  #members: readonly Member[] = [];
  /** Who can take a call, and in which groups; undefined when that has to be found out. */
  #able: readonly Member[] | undefined;
  #groups: readonly [Group<Member>, ...Group<Member>[]] | undefined;
  readonly #opened: Record<CircuitCause, number> = { failures: 0, outlier: 0, silence: 0 };
  /** Until when the first instances may be a matter of moments. */
  #settled = 0;
  #changed = Promise.withResolvers<undefined>();
  #unsubscribe = (): void => {};

  constructor(instancer: Instancer, factory: Factory, options: PoolOptions) {
    const { log = createContext().log, slowStart = 10_000, silence = 300, patience = 2_000 } = options;
    this.#instancer = instancer;
    this.#factory = factory;
    this.#name = options.name;
    this.#balancer = options.balancer ?? leastLoaded();
    this.#preference = options.preference ?? {};
    this.#patience = patience;
    this.timeouts = [
      { what: 'wait for a first connection', milliseconds: patience, from: 'Pool: patience' },
      { what: 'no answer at all, until an instance is probed', milliseconds: silence, from: 'Pool: silence' },
      { what: 'probe of an instance', milliseconds: probeTimeout, from: 'Circuit: probeTimeout' },
    ];
    const isOutlier = (member: Member): boolean => this.#isOutlier(member);
    const opened = (cause: CircuitCause): void => {
      this.#opened[cause]++;
    };
    this.#memberOptions = { log, slowStart, silence, isOutlier, opened, changed: () => this.#wake() };
  }

  /** Begins to look for instances and to connect to them; does not wait for any. */
  start(): void {
    this.#settled = Date.now() + this.#patience;
    this.#unsubscribe = this.#instancer.subscribe((snapshot) => this.#update(snapshot));
    this.#instancer.start();
  }

  /** Calls at work go on to their end. */
  stop(): void {
    this.#unsubscribe();
    this.#instancer.stop();
    for (const member of this.#members) member.close();
  }

  client<S extends DescService>(contract: S): Client<S> {
    return makeClient(contract, (method: DescMethod) => (request, context) => {
      const member = this.#choose(method, request, context);
      if (member === undefined) return this.#callLater({ method, request, context });
      return member.call(method, request, context);
    });
  }

  /** Whether any instance can take a call. */
  get isAble(): boolean {
    return this.#members.some(({ isAble }) => isAble);
  }

  get view(): PoolView {
    const { confirmed, fault } = this.#instancer.snapshot;
    const opened = { ...this.#opened };
    return { instances: this.#members.map(({ view }) => view), confirmed, fault, opened };
  }

  /** Closes the circuit of the instance at the address, or all of them. Returns how many were not closed. */
  reset(address?: string): number {
    const held = this.#members.filter(
      ({ instance, circuit }) => circuit.state !== 'closed' && [instance.address, undefined].includes(address),
    );
    for (const member of held) member.reset();
    return held.length;
  }

  /** Calls an instance that may be able soon. */
  async #callLater(call: Call): Promise<unknown> {
    const { method, request, context } = call;
    const late = Date.now() + this.#patience;
    for (;;) {
      if (!this.#mayComeSoon() || Date.now() >= late) throw this.#unavailable();
      const waiting = AbortSignal.any([context.signal, AbortSignal.timeout(late - Date.now())]);
      await this.#change(waiting, call);
      const member = this.#choose(method, request, context);
      if (member !== undefined) return member.call(method, request, context);
    }
  }

  #choose(method: DescMethod, request: unknown, context: Context): Member | undefined {
    const able = this.#able ?? this.#findAble();
    if (able.length === 1) return able[0];
    if (!isSome(able)) return this.#members.find(({ isDraining }) => isDraining);
    // What is asked for once more, because the answer takes long, is asked of somebody else.
    const others = able.some((member) => member.isAt(request)) ? able.filter((member) => !member.isAt(request)) : [];
    const candidates = isSome(others)
      ? preferred(others, this.#members, this.#preference)
      : weightedRandom((this.#groups ??= groupsOf(able, this.#members, this.#preference))).members;
    return this.#balancer(candidates, { method, request, context });
  }

  /** Keeps what it finds until something changes, unless that is so with each call: a half open circuit admits one at a time. */
  #findAble(): readonly Member[] {
    const able = this.#members.filter(({ isAble }) => isAble);
    if (!this.#members.some(({ circuit }) => circuit.state === 'half open')) this.#able = able;
    this.#groups = undefined;
    return able;
  }

  /** Whether the pool has only begun to find out whom it can call. */
  #mayComeSoon(): boolean {
    const isNew = Date.now() < this.#settled && this.#instancer.snapshot.confirmed === undefined;
    return isNew || this.#members.some(({ isConnecting }) => isConnecting);
  }

  async #change(waiting: AbortSignal, { context }: Call): Promise<void> {
    try {
      await orAborted(this.#changed.promise, waiting);
    } catch (error) {
      if (context.signal.aborted) throw error;
    }
  }

  #wake(): void {
    this.#able = undefined;
    this.#changed.resolve(undefined);
    this.#changed = Promise.withResolvers();
  }

  #update({ instances }: Snapshot): void {
    const before = new Map(this.#members.map((member) => [member.instance.id, member]));
    this.#members = instances.map((instance) => {
      const known = before.get(instance.id);
      if (known === undefined || JSON.stringify(known.instance) !== JSON.stringify(instance)) {
        return new Member(instance, this.#factory, this.#memberOptions);
      }
      before.delete(instance.id);
      return known;
    });
    for (const member of before.values()) member.close();
    this.#wake();
  }

  #isOutlier(member: Member): boolean {
    const others = this.#members.filter((other) => other !== member);
    const able = others.filter(({ isAble }) => isAble);
    // Where most are put aside already, it is not the instance that is at fault.
    if (able.length * 2 < others.length || able.length === 0) return false;
    const elsewhere = able.reduce((sum, { failureShare }) => sum + failureShare, 0) / able.length;
    return member.failureShare >= outlierShare && member.failureShare >= outlierRatio * elsewhere;
  }

  #unavailable(): StatusError {
    const { fault } = this.#instancer.snapshot;
    if (this.#members.length === 0) {
      return new StatusError('unavailable', `no instance of ${this.#name} is known`, {
        reason: 'NO_INSTANCE',
        cause: fault,
      });
    }
    const held = this.#members.filter(({ circuit }) => circuit.state !== 'closed');
    if (held.length === 0) {
      return new StatusError('unavailable', `${this.#name} cannot be reached`, { reason: 'UNREACHABLE' });
    }
    const probes = held.map(({ circuit }) => (circuit.state === 'open' ? circuit.nextProbe : Date.now()));
    return new StatusError('unavailable', `${this.#name} keeps failing: calls to it are held back for a moment`, {
      reason: 'CIRCUIT_OPEN',
      retryAfter: Math.max(0, Math.ceil(Math.min(...probes) - Date.now())),
    });
  }
}

function isSome<T>(list: readonly T[]): list is readonly [T, ...T[]] {
  return list.length > 0;
}
