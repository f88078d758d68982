import type { Logger } from '@ko/endpoint';
import { Backoff, type BackoffOptions } from './backoff.ts';
import type { Source } from './driver.ts';
import type { Instance } from './instance.ts';

/** What is known of a service's instances. */
export interface Snapshot {
  readonly instances: readonly Instance[];
  /** When the source last said so: milliseconds since 1970. Undefined before it has said anything. */
  readonly confirmed: number | undefined;
  /** Why the list may be out of date; undefined while the source stands by it. */
  readonly fault: string | undefined;
}

export interface InstancerOptions extends BackoffOptions {
  readonly log: Logger;
  /** Milliseconds for which an empty list is not believed after one that was not empty. */
  readonly emptyAfter?: number;
}

/**
 * Knows which instances of a service there are now.
 *
 * While the source cannot be asked, the last list stays. So it does for a while when the source says that there is no
 * instance at all: registries that restart with nothing say that, too.
 */
export class Instancer {
  readonly #source: Source;
  readonly #log: Logger;
  readonly #emptyAfter: number;
  readonly #backoff: Backoff;
  readonly #listeners = new Set<(snapshot: Snapshot) => void>();
  readonly #stopped = new AbortController();
  #snapshot: Snapshot = { instances: [], confirmed: undefined, fault: 'not asked yet' };
  #emptied: NodeJS.Timeout | undefined;

  constructor(source: Source, { log, emptyAfter = 30_000, ...backoff }: InstancerOptions) {
    this.#source = source;
    this.#log = log;
    this.#emptyAfter = emptyAfter;
    this.#backoff = new Backoff(backoff);
  }

  get snapshot(): Snapshot {
    return this.#snapshot;
  }

  /** Tells of every change, until the function it returns is called. */
  subscribe(listener: (snapshot: Snapshot) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Begins to ask; does not wait for an answer. */
  start(): void {
    void this.#watch(this.#stopped.signal);
  }

  stop(): void {
    clearTimeout(this.#emptied);
    this.#stopped.abort();
  }

  async #watch(signal: AbortSignal): Promise<void> {
    const isOver = () => signal.aborted;
    while (!isOver()) {
      try {
        await this.#source.watch((instances) => this.#found(instances), signal);
        if (!isOver()) throw new Error('the watch ended');
      } catch (error) {
        if (isOver()) return;
        this.#endDoubt();
        this.#fail(error instanceof Error ? error.message : String(error));
        await this.#backoff.pause(signal);
      }
    }
  }

  #found(instances: readonly Instance[]): void {
    if (this.#stopped.signal.aborted) return;
    this.#backoff.reset();
    const isDoubtful = instances.length === 0 && this.#snapshot.instances.length > 0;
    if (!isDoubtful) {
      this.#endDoubt();
      this.#become({ instances, confirmed: Date.now(), fault: undefined });
    } else if (this.#emptied === undefined) {
      this.#emptied = setTimeout(() => this.#accept(), this.#emptyAfter).unref();
      this.#fail(`the source says that there is no instance: not believed for ${this.#emptyAfter} ms`);
    }
  }

  /** Ends the doubt about an empty list. */
  #endDoubt(): void {
    clearTimeout(this.#emptied);
    this.#emptied = undefined;
  }

  #accept(): void {
    this.#endDoubt();
    this.#become({ instances: [], confirmed: Date.now(), fault: undefined });
  }

  #fail(fault: string): void {
    if (fault !== this.#snapshot.fault) this.#log.warn({ fault }, 'the list of instances may be out of date');
    this.#become({ ...this.#snapshot, fault });
  }

  #become(next: Snapshot): void {
    const before = this.#snapshot;
    this.#snapshot = next;
    if (before.fault !== undefined && before.confirmed !== undefined && next.fault === undefined) {
      this.#log.info({ instances: next.instances.length }, 'the list of instances is up to date again');
    }
    for (const listener of this.#listeners) listener(next);
  }
}
