import { withinAttended } from './attended.ts';
import { probeTimeout } from './circuit.ts';

export interface WatchdogOptions {
  /** Milliseconds without any answer, while calls wait for one, after which an instance is asked whether it is alive. */
  readonly silence: number;
  /** Whether it gets calls. */
  readonly isTrusted: () => boolean;
  /** Rejects when it does not say in time that it is alive. */
  readonly probe: (signal: AbortSignal) => Promise<void>;
  /** Told that it owes answers, has given none for so many milliseconds, and does not say that it is alive. */
  readonly hung: (silent: number) => void;
}

/** Notices that an instance hangs. A slow one says that it is alive, a hung one does not. */
export class Watchdog {
  readonly #options: WatchdogOptions;
  /** How many answers the instance owes. */
  #owed = 0;
  #silentSince: number | undefined;
  #isStopped = false;
  #timer: NodeJS.Timeout | undefined;

  constructor(options: WatchdogOptions) {
    this.#options = options;
  }

  /** One more answer is owed. Silence begins with the first: nobody has waited before. */
  called(now = performance.now()): void {
    if (this.#owed++ === 0) this.#silentSince = undefined;
    this.#silentSince ??= now;
    this.#timer ??= this.#later();
  }

  /** An answer is owed no more; `isAlive` when the instance has given it, or has begun a stream. */
  settled(isAlive: boolean, now = performance.now()): void {
    this.#owed--;
    if (isAlive) this.#silentSince = this.#owed > 0 ? now : undefined;
  }

  /** For good: also when a probe is under way. */
  stop(): void {
    this.#isStopped = true;
    clearTimeout(this.#timer);
  }

  #later(): NodeJS.Timeout | undefined {
    if (this.#isStopped) return undefined;
    return setTimeout(() => void this.#look(), this.#options.silence).unref();
  }

  async #look(): Promise<void> {
    const { silence, isTrusted, probe, hung } = this.#options;
    const silent = this.#silentSince === undefined ? 0 : performance.now() - this.#silentSince;
    if (silent >= silence && isTrusted()) {
      try {
        await withinAttended(probeTimeout, probe);
        this.#silentSince = performance.now();
      } catch {
        if (!this.#isStopped) hung(silent);
      }
    }
    const owes = this.#silentSince !== undefined && this.#owed > 0;
    this.#timer = owes ? this.#later() : undefined;
  }
}
