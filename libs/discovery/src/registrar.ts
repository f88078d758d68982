import { type Logger, StatusError } from '@ko/endpoint';
import { Backoff, jittered, pause, type BackoffOptions } from './backoff.ts';
import type { Entry, Registration, Registry } from './driver.ts';

/** What is known of a process's registration. */
export interface RegistrationState {
  readonly registration: Registration | undefined;
  /** When the registry last said what the process is: milliseconds since 1970. Undefined before it has. */
  readonly confirmed: number | undefined;
  /** How often it had to be put, the first time included. More than once: somebody or something had taken it away. */
  readonly puts: number;
  /** Why it may not be there; undefined while it is. */
  readonly fault: string | undefined;
}

export interface RegistrarOptions extends BackoffOptions {
  readonly log: Logger;
  /** Rejects while the process cannot serve: it is not registered for the first time before that. */
  readonly ready: () => Promise<void>;
  /** Milliseconds between two comparisons of what the registry says with what the process is; a third of the ttl unless said. */
  readonly interval?: number;
}

/** Milliseconds that a registry has to answer in. */
const answerTimeout = 3_000;

/**
 * Keeps a process registered: as long as it runs it compares what the registry says with what the process is, and puts
 * that back whenever it differs. A component; also a readiness check, that passes once the process has been registered.
 */
export class Registrar {
  readonly name = 'registration';
  readonly #registry: Registry;
  readonly #describe: () => Registration;
  readonly #options: RegistrarOptions;
  readonly #backoff: Backoff;
  readonly #stopped = new AbortController();
  #entry: Entry | undefined;
  /** Whether the registry may know of the process. */
  #hasAsked = false;
  #loop = Promise.resolve();
  #state: RegistrationState = { registration: undefined, confirmed: undefined, puts: 0, fault: 'not registered yet' };

  /** `describe` says what the process is, and is asked when that starts. */
  constructor(registry: Registry, describe: () => Registration, options: RegistrarOptions) {
    this.#registry = registry;
    this.#describe = describe;
    this.#options = options;
    this.#backoff = new Backoff(options);
  }

  get state(): RegistrationState {
    return this.#state;
  }

  /** Begins to register; does not wait for the registry. */
  async start(): Promise<void> {
    const registration = this.#describe();
    this.#entry = this.#registry.entry(registration);
    this.#state = { ...this.#state, registration };
    this.#loop = this.#keep(this.#entry, this.#options.interval ?? registration.ttl / 3);
    return Promise.resolve();
  }

  /** Takes the process out of the registry. When that does not answer, it will drop the process after the ttl. */
  async stop(): Promise<void> {
    this.#stopped.abort();
    await this.#loop;
    try {
      if (this.#hasAsked) await this.#entry?.remove(AbortSignal.timeout(answerTimeout));
    } catch (error) {
      this.#options.log.warn({ err: error }, 'the registration is left to expire');
    }
    this.#hasAsked = false;
    this.#state = { ...this.#state, fault: 'deregistered' };
  }

  /** Rejects until the process has been registered once. */
  async ready(): Promise<void> {
    const { confirmed, fault } = this.#state;
    if (confirmed === undefined) throw new StatusError('unavailable', fault ?? 'not registered yet');
    return Promise.resolve();
  }

  /** What is wrong with the registration at the moment. */
  warning(): string | undefined {
    const { confirmed, fault } = this.#state;
    if (fault === undefined || confirmed === undefined) return undefined;
    return `${fault} (last confirmed ${Math.round((Date.now() - confirmed) / 1000)} s ago)`;
  }

  async #keep(entry: Entry, interval: number): Promise<void> {
    const { signal } = this.#stopped;
    const isOver = () => signal.aborted;
    await this.#untilReady(signal);
    while (!isOver()) {
      try {
        this.#hasAsked = true;
        const hasPut = await entry.reconcile(AbortSignal.any([signal, AbortSignal.timeout(answerTimeout)]));
        this.#confirm(hasPut);
        this.#backoff.reset();
        await pause(jittered(interval), signal);
      } catch (error) {
        if (isOver()) return;
        this.#fail(error instanceof Error ? error.message : String(error));
        await this.#backoff.pause(signal);
      }
    }
  }

  async #untilReady(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      try {
        await this.#options.ready();
        return;
      } catch (error) {
        this.#state = {
          ...this.#state,
          fault: `waits until the process can serve: ${StatusError.from(error).message}`,
        };
        await this.#backoff.pause(signal);
      }
    }
  }

  #confirm(hasPut: boolean): void {
    const { puts, fault, confirmed } = this.#state;
    const { log } = this.#options;
    const fields = { instance: this.#state.registration?.instance.id };
    if (hasPut && puts > 0) log.warn(fields, 'the registration was gone: put back');
    else if (hasPut) log.info(fields, 'registered');
    else if (fault !== undefined && confirmed !== undefined) log.info(fields, 'the registration is confirmed again');
    this.#state = { ...this.#state, confirmed: Date.now(), puts: puts + (hasPut ? 1 : 0), fault: undefined };
  }

  #fail(fault: string): void {
    if (fault !== this.#state.fault) this.#options.log.warn({ fault }, 'the registration cannot be confirmed');
    this.#state = { ...this.#state, fault };
  }
}
