import type { Logger } from '@ko/endpoint';
import type { Component } from '@ko/service';

/** What has to be done now and then, by its name. */
export type Chores = Readonly<Record<string, () => Promise<void>>>;

/** Does the chores at the start and every `interval` milliseconds. One that fails is logged and done again next time. */
export class Housekeeping implements Component {
  readonly name = 'housekeeping';
  readonly #chores: Chores;
  readonly #interval: number;
  readonly #log: Logger;
  #timer: NodeJS.Timeout | undefined;
  #round: Promise<void> = Promise.resolve();

  constructor(chores: Chores, interval: number, log: Logger) {
    this.#chores = chores;
    this.#interval = interval;
    this.#log = log;
  }

  /** Waits for nothing: what the chores need may come up later. */
  async start(): Promise<void> {
    this.#begin();
    this.#timer = setInterval(() => this.#begin(), this.#interval);
    return Promise.resolve();
  }

  async stop(): Promise<void> {
    clearInterval(this.#timer);
    await this.#round;
  }

  #begin(): void {
    this.#round = this.#round.then(() => this.#doAll());
  }

  async #doAll(): Promise<void> {
    for (const [chore, run] of Object.entries(this.#chores)) {
      try {
        await run();
      } catch (error) {
        this.#log.error({ err: error, chore }, 'housekeeping failed');
      }
    }
  }
}
