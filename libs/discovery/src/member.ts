import type { DescMethod, DescService } from '@bufbuild/protobuf';
import {
  begin,
  endpointOf,
  isRepeatable,
  isStream,
  settle,
  StatusError,
  type Client,
  type Context,
  type Endpoint,
  type Logger,
} from '@ko/endpoint';
import type { Candidate } from './balancer.ts';
import { Circuit, type CircuitCause, type CircuitState } from './circuit.ts';
import { InHand, type CallInHand } from './in-hand.ts';
import type { Instance } from './instance.ts';
import type { Factory, Link } from './link.ts';
import { Load } from './load.ts';
import { Outlier } from './outlier.ts';
import { verdictOf } from './verdict.ts';
import { Watchdog } from './watchdog.ts';

export interface MemberOptions {
  readonly log: Logger;
  /** Milliseconds until a new instance gets its full share. */
  readonly slowStart: number;
  /** Milliseconds without any answer, while calls wait for one, after which an instance is asked whether it is alive. */
  readonly silence: number;
  /** Whether so many failures are more than those of the others. */
  readonly isOutlier: (member: Member) => boolean;
  /** Told when the circuit opens that was closed. */
  readonly opened: (cause: CircuitCause) => void;
  /** Told whenever the instance may have become able, or unable, to take calls. */
  readonly changed: () => void;
}

/** What stands on the admin port about an instance. */
export interface MemberView {
  readonly instance: Instance;
  readonly link: Link['state'];
  readonly circuit: CircuitState;
  readonly inFlight: number;
  readonly latencyMs: number;
  readonly failureShare: number;
}

const leastShare = 0.1;

/** One instance of a service as its callers know it: the way to it, how busy it is, and whether it can be trusted. */
export class Member implements Candidate {
  readonly instance: Instance;
  readonly #options: MemberOptions;
  readonly #link: Link;
  readonly #circuit: Circuit;
  readonly #load = new Load();
  readonly #outlier = new Outlier();
  readonly #clients = new Map<DescService, Client<DescService>>();
  readonly #endpoints = new Map<DescMethod, Endpoint<unknown, unknown>>();
  /** Since when it is new; undefined once it gets its full share. */
  #newSince: number | undefined;
  #wasServing = false;
  #heldSince: number | undefined;
  readonly #watchdog: Watchdog;
  readonly #inHand = new InHand();

  constructor(instance: Instance, factory: Factory, options: MemberOptions) {
    this.instance = instance;
    this.#options = options;
    this.#newSince = performance.now();
    this.#link = factory(instance, () => this.#linkChanged());
    this.#circuit = new Circuit({
      probe: (signal) => this.#link.probe(signal),
      changed: (state) => this.#circuitChanged(state),
    });
    this.#watchdog = new Watchdog({
      silence: options.silence,
      isTrusted: () => this.#circuit.state.state === 'closed',
      probe: async (signal) => this.#link.probe(signal),
      hung: (silent) => this.#hung(silent),
    });
  }

  /** Whether it can take a call. */
  get isAble(): boolean {
    return this.#link.state === 'serving' && this.#circuit.admits && this.instance.weight > 0;
  }

  /** Whether it says that it will stop: until then it takes calls that nobody else can. */
  get isDraining(): boolean {
    return this.#link.state === 'draining' && this.#circuit.admits;
  }

  /** Whether nobody knows yet if calls can reach it. */
  get isConnecting(): boolean {
    return this.#link.state === 'connecting';
  }

  get circuit(): CircuitState {
    return this.#circuit.state;
  }

  get weight(): number {
    if (this.#newSince === undefined) return this.instance.weight;
    const share = (performance.now() - this.#newSince) / this.#options.slowStart;
    if (share < 1) return this.instance.weight * Math.max(leastShare, share);
    this.#newSince = undefined;
    return this.instance.weight;
  }

  get cost(): number {
    return this.#load.cost;
  }

  get failureShare(): number {
    return this.#outlier.share;
  }

  get view(): MemberView {
    const { instance, failureShare } = this;
    const { inFlight, latency } = this.#load;
    const latencyMs = Math.round(latency * 10) / 10;
    return { instance, link: this.#link.state, circuit: this.circuit, inFlight, latencyMs, failureShare };
  }

  /** Whether it has this very request in hand. */
  isAt(request: unknown): boolean {
    return this.#inHand.has(request);
  }

  /** Calls a method of the instance. */
  call(method: DescMethod, request: unknown, context: Context): Promise<unknown> {
    const call = this.#begin(request, performance.now());
    const answer = begin(() => this.#endpointOf(method)(request, context));
    const canMove = method.methodKind === 'unary' && isRepeatable(method, context);
    const heard = canMove ? this.#inHand.unlessGivenUp(call, answer) : answer;
    return heard.then(
      (response) => {
        this.#answered(call, performance.now());
        this.#judge(call, 'ok');
        const end = (): void => this.#end(call);
        if (isStream(response)) return settle(() => answer, end);
        end();
        return response;
      },
      (error: unknown) => {
        this.#judgeFailure(call, error, context);
        this.#end(call);
        throw error;
      },
    );
  }

  /** Closes the circuit by hand. */
  reset(): void {
    this.#circuit.reset();
  }

  close(): void {
    this.#watchdog.stop();
    this.#circuit.stop();
    this.#link.close();
  }

  #begin(request: unknown, now: number): CallInHand {
    const era = this.#circuit.enter();
    this.#load.begin();
    this.#watchdog.called(now);
    return this.#inHand.begin(request, now, era);
  }

  #end(call: CallInHand): void {
    if (this.#inHand.end(call)) this.#load.end();
  }

  #endpointOf(method: DescMethod): Endpoint<unknown, unknown> {
    const known = this.#endpoints.get(method);
    if (known !== undefined) return known;
    const client = this.#clients.get(method.parent) ?? this.#link.connect(method.parent);
    this.#clients.set(method.parent, client);
    const endpoint = endpointOf(client, method);
    this.#endpoints.set(method, endpoint);
    return endpoint;
  }

  #judgeFailure(call: CallInHand, error: unknown, { signal }: Context): void {
    const now = performance.now();
    const took = now - call.since;
    const { isAlive = false, load, outcome } = verdictOf({ error, took, signal });
    this.#watchdog.settled(isAlive, now);
    if (load === 'refused') this.#load.refused(now);
    else if (load !== undefined) this.#load[load](took, now);
    if (outcome === undefined) this.#circuit.leave(call.era);
    else this.#judge(call, outcome);
  }

  #judge({ era }: CallInHand, outcome: 'ok' | 'fault'): void {
    this.#outlier.count(outcome);
    if (outcome === 'ok') this.#circuit.succeed(era);
    else this.#circuit.fail(era);
    if (outcome === 'fault' && this.#options.isOutlier(this)) {
      this.#circuit.trip('outlier', `${Math.round(this.failureShare * 100)} % of its calls fail, more than elsewhere`);
    }
  }

  #answered({ since }: CallInHand, now: number): void {
    this.#load.observe(now - since, now);
    this.#watchdog.settled(true, now);
  }

  #hung(silent: number): void {
    const reason = `no answer for ${Math.round(silent)} ms, and none to a probe`;
    this.#circuit.trip('silence', reason);
    const failure = new StatusError('unavailable', `${this.instance.address} hangs: ${reason}`, { reason: 'HUNG' });
    this.#inHand.giveUp(failure);
  }

  #linkChanged(): void {
    const isServing = this.#link.state === 'serving';
    if (isServing && !this.#wasServing) {
      // Whoever is there now starts with a clean record.
      this.#newSince = performance.now();
      this.#circuit.reset();
    }
    this.#wasServing = isServing;
    this.#options.changed();
  }

  #circuitChanged(state: CircuitState): void {
    const { address } = this.instance;
    const { log, changed, opened } = this.#options;
    if (state.state === 'open') log.warn({ address, reason: state.reason }, 'circuit open');
    else log.info({ address }, `circuit ${state.state}`);
    if (state.state === 'open' && state.since !== this.#heldSince) opened(state.cause);
    this.#heldSince = state.state === 'closed' ? undefined : state.since;
    if (state.state === 'closed') this.#newSince = performance.now();
    changed();
  }
}
