import type { Context, Logger, StatusError } from '@ko/endpoint';
import { requestIdOf } from '../server-call.ts';
import type { Expiring } from './expiry.ts';
import type { Frame } from './frame.ts';

/** What the calls of one stream have in common. */
export interface Surroundings {
  /** Where the stream comes from. */
  readonly peer: string;
  readonly log: Logger;
}

/** One call that is served, until it is over. */
export class ServedCall implements Expiring {
  readonly id: number;
  readonly deadline: number;
  readonly context: Context;
  /** The full name of the contract that is called. */
  readonly contract: string;
  readonly #controller = new AbortController();

  constructor({ call, method, timeout, metadata }: Frame, { peer, log }: Surroundings) {
    const deadline = timeout === 0 ? undefined : Date.now() + timeout;
    this.id = call;
    this.contract = method.slice(0, method.indexOf('/'));
    this.deadline = deadline ?? Infinity;
    this.context = {
      requestId: requestIdOf(metadata['x-request-id']),
      signal: this.#controller.signal,
      deadline,
      peer: metadata['x-client-address'] ?? peer,
      metadata,
      outgoing: {},
      reply: new Map(),
      log,
    };
  }

  abort(reason: StatusError): void {
    this.#controller.abort(reason);
  }
}
