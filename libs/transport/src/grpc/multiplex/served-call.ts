import {
  CallController,
  deadlineExceeded,
  lateAt,
  type Context,
  type Logger,
  type StatusError,
  type Waiting,
} from '@ko/endpoint';
import { requestIdOf } from '../../request-id.ts';
import type { Frame } from './frame.ts';

/** What the calls of one stream have in common. */
export interface Surroundings {
  /** Where the stream comes from. */
  readonly peer: string;
  readonly log: Logger;
  /** Called with a call that is late, before its signal aborts. */
  readonly late: (call: ServedCall, reason: StatusError) => void;
}

/** One call that is served, until it is over: its alarm has it when it is late. */
export class ServedCall implements Waiting {
  readonly id: number;
  readonly at: number;
  place = -1;
  readonly context: Context;
  readonly #method: string;
  readonly #surroundings: Surroundings;
  readonly #controller = new CallController();

  constructor({ call, method, timeout, metadata }: Frame, surroundings: Surroundings) {
    const deadline = timeout === 0 ? undefined : Date.now() + timeout;
    this.id = call;
    this.#method = method;
    this.at = lateAt(deadline);
    this.#surroundings = surroundings;
    this.context = {
      requestId: requestIdOf(metadata['x-request-id']),
      signal: this.#controller.signal,
      deadline,
      peer: metadata['x-client-address'] ?? surroundings.peer,
      metadata,
      outgoing: {},
      reply: new Map(),
      log: surroundings.log,
    };
  }

  /** The full name of the contract that is called. */
  get contract(): string {
    return this.#method.slice(0, this.#method.indexOf('/'));
  }

  late(): void {
    const reason = deadlineExceeded();
    this.#surroundings.late(this, reason);
    this.abort(reason);
  }

  abort(reason: StatusError): void {
    this.#controller.abort(reason);
  }
}
