import type { Logger } from 'pino';
import { z } from 'zod';

/** A request to change the log level for a while. */
export const levelChange = z.object({
  level: z.enum(['debug', 'info', 'warn', 'error', 'silent']),
  /** Seconds until the level of the config is back: 10 minutes unless said, a day at most. */
  for_seconds: z.int().min(1).max(86_400).default(600),
});

/** What the log level is, and until when. */
export interface LevelState {
  readonly level: string;
  /** When the configured level comes back, in RFC 3339; absent while it is in force. */
  readonly until?: string;
}

/** Changes the level of a logger for a limited time, so that a debug level is not forgotten. */
export class LogLevel {
  readonly #log: Logger;
  readonly #configured: string;
  #expiry: { readonly timer: NodeJS.Timeout; readonly until: string } | undefined;

  constructor(log: Logger) {
    this.#log = log;
    this.#configured = log.level;
  }

  get(): LevelState {
    return { level: this.#log.level, ...(this.#expiry && { until: this.#expiry.until }) };
  }

  set({ level, for_seconds }: z.infer<typeof levelChange>): LevelState {
    clearTimeout(this.#expiry?.timer);
    this.#log.level = level;
    const timer = setTimeout(() => this.#reset(), for_seconds * 1000).unref();
    this.#expiry = { timer, until: new Date(Date.now() + for_seconds * 1000).toISOString() };
    return this.get();
  }

  #reset(): void {
    this.#log.level = this.#configured;
    this.#expiry = undefined;
  }
}
