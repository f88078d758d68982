import { withinAttended } from './attended.ts';
import { jittered } from './backoff.ts';

/** Milliseconds that an instance has to say in that it is alive. */
export const probeTimeout = 500;

export interface CircuitOptions {
  /** Failures in a row that open the circuit. */
  readonly threshold?: number;
  /** Milliseconds before an open circuit is probed; twice as long after each probe that fails. */
  readonly openFor?: number;
  /** Milliseconds between probes at most. */
  readonly maxOpenFor?: number;
  /** Rejects when the instance does not say in time that it is alive. */
  readonly probe: (signal: AbortSignal) => Promise<void>;
  /** Told whenever the state has changed. */
  readonly changed: (state: CircuitState) => void;
}

/** Kinds of reasons to hold calls back: failures in a row, far more of them than elsewhere, or no sign of life. */
export type CircuitCause = 'failures' | 'outlier' | 'silence';

/** Why calls are held back, for people, and since when: milliseconds since 1970. */
interface Held {
  readonly cause: CircuitCause;
  readonly reason: string;
  readonly since: number;
}

/** Whether calls are let through to an instance, and if not, why and until when. */
export type CircuitState =
  | { readonly state: 'closed' }
  | ({ readonly state: 'open'; readonly nextProbe: number } & Held)
  | ({ readonly state: 'half open' } & Held);

/**
 * Holds calls back from an instance that keeps failing. It is no caller who tries whether the instance is well again but a
 * probe; when that succeeds, one call at a time is let through, and the first that succeeds closes the circuit.
 */
export class Circuit {
  readonly #options: Required<CircuitOptions>;
  #state: CircuitState = { state: 'closed' };
  /** Counts the changes of state: how a call ends that passed before the last one says nothing about what is now. */
  #era = 0;
  #failures = 0;
  #openFor: number;
  #isTrying = false;
  #isStopped = false;
  #timer: NodeJS.Timeout | undefined;

  constructor(options: CircuitOptions) {
    this.#options = { threshold: 5, openFor: 1_000, maxOpenFor: 5_000, ...options };
    this.#openFor = this.#options.openFor;
  }

  get state(): CircuitState {
    return this.#state;
  }

  /** Whether a call may pass now. */
  get admits(): boolean {
    return this.#state.state === 'closed' || (this.#state.state === 'half open' && !this.#isTrying);
  }

  /** A call passes. Returns what is to be given back when it is over. */
  enter(): number {
    if (this.#state.state === 'half open') this.#isTrying = true;
    return this.#era;
  }

  /** A call that passed is over, and says nothing about the instance. */
  leave(era: number): void {
    if (era !== this.#era) return;
    this.#isTrying = false;
  }

  succeed(era: number): void {
    if (era !== this.#era) return;
    this.#failures = 0;
    this.#isTrying = false;
    if (this.#state.state === 'half open') this.reset();
  }

  fail(era: number): void {
    if (era !== this.#era) return;
    this.#failures++;
    this.#isTrying = false;
    if (this.#state.state === 'half open') this.#open(this.#state);
    else if (this.#failures >= this.#options.threshold) {
      this.trip('failures', `${this.#failures} calls in a row have failed`);
    }
  }

  /** Opens the circuit, unless it is open. */
  trip(cause: CircuitCause, reason: string): void {
    if (this.#state.state === 'closed') this.#open({ cause, reason, since: Date.now() });
  }

  /** Closes the circuit, whatever was. */
  reset(): void {
    clearTimeout(this.#timer);
    this.#failures = 0;
    this.#isTrying = false;
    this.#openFor = this.#options.openFor;
    if (this.#state.state !== 'closed') this.#become({ state: 'closed' });
  }

  /** Stops probing, for good: also when a probe is under way. */
  stop(): void {
    this.#isStopped = true;
    clearTimeout(this.#timer);
  }

  #open({ cause, reason, since }: Held): void {
    const wait = jittered(this.#openFor);
    if (!this.#isStopped) this.#timer = setTimeout(() => void this.#probe(), wait).unref();
    this.#become({ state: 'open', cause, reason, since, nextProbe: Date.now() + wait });
  }

  async #probe(): Promise<void> {
    const open = this.#state;
    if (open.state !== 'open') return;
    const { cause, reason, since } = open;
    try {
      await withinAttended(probeTimeout, this.#options.probe);
      if (this.#state !== open || this.#isStopped) return;
      this.#openFor = this.#options.openFor;
      this.#become({ state: 'half open', cause, reason, since });
    } catch (error) {
      const { message } = error instanceof Error ? error : { message: String(error) };
      if (this.#state !== open || this.#isStopped) return;
      this.#openFor = Math.min(this.#openFor * 2, this.#options.maxOpenFor);
      this.#open({ cause, reason: `a probe has failed: ${message}`, since });
    }
  }

  #become(state: CircuitState): void {
    this.#state = state;
    this.#era++;
    this.#options.changed(state);
  }
}
