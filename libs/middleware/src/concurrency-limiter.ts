import perfHooks from 'node:perf_hooks';
import type { DescMethod } from '@bufbuild/protobuf';
import { StatusError, type Code } from '@ko/endpoint';
import { Latency } from './latency.ts';

export interface ConcurrencyLimiterOptions {
  /** The limit at first, and again when there is little to do. */
  readonly initial?: number;
  /** The limit never goes below. */
  readonly min?: number;
  /** The limit never goes above. */
  readonly max?: number;
  /** Calls at once that send or take streams. Their limit does not adapt. */
  readonly maxStreams?: number;
  /**
   * Milliseconds that calls may wait for their turn before that counts as too much to do. Less makes answers faster under
   * overload, and refuses what would have been answered late but in time.
   */
  readonly slack?: number;
  /** How busy the event loop was since the last question, from 0 to 1. */
  readonly utilization?: () => number;
}

/** What a limiter does at present, for metrics and the admin port. */
export interface ConcurrencyState {
  /** Unary calls that may be at work at once. */
  readonly limit: number;
  readonly inFlight: number;
  readonly maxStreams: number;
  readonly streams: number;
  /** Calls refused so far. */
  readonly refused: number;
}

/** Cuts of the limit whose use is not known yet. */
interface Trial {
  /** The limit before any of them: what it goes back to. */
  readonly origin: number;
  readonly limit: number;
  readonly gradient: number;
}

/** Milliseconds between two looks at the limit. */
const period = 250;
/** Milliseconds that a round trip is taken for at most. */
const maxRoundTrip = 2_500;
/** The gradient from which all is well: a few slow calls are no overload. */
const healthy = 0.95;
/** Half the limit would double the gradient if that were the remedy: from here on it was of use. */
const better = 1.4;
/** From here on it was not stable yet when it was cut. */
const worse = 0.5;
/** From here on the process itself is what makes calls slow. */
const busy = 0.8;

const waitedInVain: ReadonlySet<Code> = new Set(['deadline_exceeded', 'cancelled']);

/**
 * Finds out how many calls a process can work at without becoming slow. The limit grows while calls take about as long as
 * usual, and shrinks in proportion when they take longer or are given up, but only while at least half of it is in use.
 * After Netflix's concurrency-limits (Gradient2). As in TCP, calls that a cut could not affect yet do not count: each is
 * given two round trips to show, or one where the event loop is busy and leaves no doubt.
 *
 * Each method is compared with itself, since some are slow by nature. A smaller limit that makes calls no faster, although
 * the event loop has time, was no remedy: it is something else that is slow, such as a neighbour. The cuts are then undone,
 * and what is slow now counts as usual.
 */
export class ConcurrencyLimiter {
  readonly #initial: number;
  readonly #min: number;
  readonly #max: number;
  readonly #slack: number;
  readonly #maxStreams: number;
  readonly #utilization: () => number;
  readonly #latencies = new Map<DescMethod, Latency>();
  #limit: number;
  #inFlight = 0;
  #streams = 0;
  #refused = 0;
  /** Most calls at once in this period, and those refused before it. */
  #peak = 0;
  #refusedBefore = 0;
  #nextLook = performance.now() + period;
  /** Until when calls may show the limit as it was before a cut. */
  #settled = 0;
  #trial: Trial | undefined;

  constructor(options: ConcurrencyLimiterOptions = {}) {
    const {
      initial = 500,
      min = 20,
      max = 1_000,
      maxStreams = 500,
      slack = 500,
      utilization = utilizationOfLoop(),
    } = options;
    this.#slack = slack;
    this.#max = max;
    this.#min = Math.min(min, max);
    this.#initial = Math.max(this.#min, Math.min(initial, max));
    this.#limit = this.#initial;
    this.#maxStreams = maxStreams;
    this.#utilization = utilization;
  }

  get state(): ConcurrencyState {
    return {
      limit: Math.floor(this.#limit),
      inFlight: this.#inFlight,
      maxStreams: this.#maxStreams,
      streams: this.#streams,
      refused: this.#refused,
    };
  }

  /** Takes a place until the function it returns is called, once, with the call's failure if it failed; undefined if there is none. */
  enter(method: DescMethod): ((error?: unknown) => void) | undefined {
    const leave = method.methodKind === 'unary' ? this.#enterUnary(method) : this.#enterStream();
    if (leave === undefined) this.#refused += 1;
    return leave;
  }

  #enterStream(): (() => void) | undefined {
    if (this.#streams >= this.#maxStreams) return undefined;
    this.#streams += 1;
    return () => void (this.#streams -= 1);
  }

  #enterUnary(method: DescMethod): ((error?: unknown) => void) | undefined {
    if (this.#inFlight + 1 > this.#limit) return undefined;
    const began = performance.now();
    this.#inFlight += 1;
    this.#peak = Math.max(this.#peak, this.#inFlight);
    return (error) => {
      this.#inFlight -= 1;
      const now = performance.now();
      if (now >= this.#settled) record(this.#latencyOf(method), now - began, error);
      if (now >= this.#nextLook) this.#look(now);
    };
  }

  #latencyOf(method: DescMethod): Latency {
    const known = this.#latencies.get(method);
    if (known !== undefined) return known;
    const latency = new Latency(this.#slack);
    this.#latencies.set(method, latency);
    return latency;
  }

  #look(now: number): void {
    const telling = [...this.#latencies.values()].filter(({ isTelling }) => isTelling);
    const inUse = this.#peak >= this.#limit / 2;
    const isFull = this.#refused > this.#refusedBefore;
    const isBusy = this.#utilization() >= busy;
    this.#nextLook = now + period;
    this.#peak = this.#inFlight;
    this.#refusedBefore = this.#refused;
    if (telling.length === 0) return;

    const gradient = gradientOf(telling);
    if (gradient < healthy && inUse) {
      if (!isBusy && this.#isInVain(gradient)) this.#undo(telling);
      else this.#cut(gradient, now + (isBusy ? 1 : 2) * roundTripOf(telling));
      return;
    }
    this.#trial = undefined;
    const isQueueing = telling.some((latency) => latency.isQueueing);
    if (!isQueueing && (inUse || this.#limit < this.#initial)) this.#limit = Math.min(this.#max, this.#limit * 1.1);
    // What calls take when there is too much to do must not become usual.
    for (const latency of telling) latency.learn(isFull || latency.isQueueing ? 0 : 0.1);
  }

  /** Whether half the limit, or the smallest, does no better than what was before. */
  #isInVain(gradient: number): boolean {
    const { limit, gradient: before } = this.#trial ?? { limit: 0, gradient };
    const isFar = this.#limit <= limit / 2 || this.#limit === this.#min;
    return isFar && gradient <= before * better && gradient >= before * worse;
  }

  #undo(telling: readonly Latency[]): void {
    this.#limit = this.#trial?.origin ?? this.#limit;
    this.#trial = undefined;
    for (const latency of telling) latency.learn(1);
  }

  #cut(gradient: number, settled: number): void {
    this.#trial = this.#trialWith(gradient);
    this.#limit = Math.max(this.#min, this.#limit * Math.max(0.5, gradient));
    this.#settled = settled;
    this.#nextLook = settled + period;
    for (const latency of this.#latencies.values()) latency.forget();
  }

  /** Begins anew when the cuts were of use, and when it has only now become as bad as it is. */
  #trialWith(gradient: number): Trial {
    const { origin, limit, gradient: before } = this.#trial ?? { origin: this.#limit, limit: Infinity, gradient };
    const isKept = this.#limit > limit / 2 && gradient >= before * worse;
    return isKept ? { origin, limit, gradient: before } : { origin, limit: this.#limit, gradient };
  }
}

/** A failure that came at once says nothing about how long the method takes. */
function record(latency: Latency, milliseconds: number, error: unknown): void {
  if (error === undefined) latency.answered(milliseconds);
  else if (waitedInVain.has(StatusError.from(error).code)) latency.givenUp(milliseconds);
}

/** Every call counts alike, however long its method takes. */
function gradientOf(latencies: readonly Latency[]): number {
  const calls = latencies.reduce((sum, latency) => sum + latency.calls, 0);
  return latencies.reduce((sum, latency) => sum + latency.calls * latency.gradient, 0) / calls;
}

function roundTripOf(latencies: readonly Latency[]): number {
  const calls = latencies.reduce((sum, latency) => sum + latency.calls, 0);
  return Math.min(maxRoundTrip, latencies.reduce((sum, latency) => sum + latency.spent, 0) / calls);
}

function utilizationOfLoop(): () => number {
  let before = perfHooks.performance.eventLoopUtilization();
  return () => {
    const now = perfHooks.performance.eventLoopUtilization();
    const { utilization } = perfHooks.performance.eventLoopUtilization(now, before);
    before = now;
    return utilization;
  };
}
