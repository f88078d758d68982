import { Agent, get, request as httpRequest, type IncomingMessage } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { text } from 'node:stream/consumers';

/** One gateway: where it takes requests, and where it says whether it wants any. */
export interface Gateway {
  readonly url: string;
  readonly readyUrl: string;
}

/** A request to whichever gateway there is. */
export interface EdgeRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
}

export interface EdgeAnswer {
  readonly status: number;
  readonly body: string;
}

const pollInterval = 100;
const mostAttempts = 4;

/**
 * What stands before several gateways in production: it asks each whether it is ready, and turns to another one when a
 * request could not be handed over: nobody listens, or the connection was closed before the request was on it.
 */
export class Edge {
  readonly #gateways: readonly Gateway[];
  readonly #agent = new Agent({ keepAlive: true, maxSockets: 256 });
  readonly #stopped = new AbortController();
  #ready: readonly Gateway[];
  #next = 0;

  constructor(gateways: readonly Gateway[]) {
    this.#gateways = gateways;
    this.#ready = gateways;
  }

  start(): void {
    void this.#poll(this.#stopped.signal);
  }

  stop(): void {
    this.#stopped.abort();
    this.#agent.destroy();
  }

  async send(request: EdgeRequest): Promise<EdgeAnswer> {
    for (let attempt = 1; ; attempt++) {
      try {
        return await this.#exchange(this.#choose(), request);
      } catch (error) {
        if (!(error instanceof NotHandedOver) || attempt >= mostAttempts) throw error;
      }
    }
  }

  /** The next one in turn of those that are ready, or of all when none is. */
  #choose(): Gateway {
    const candidates = this.#ready.length > 0 ? this.#ready : this.#gateways;
    const gateway = candidates[this.#next++ % candidates.length];
    if (gateway === undefined) throw new TypeError('there is no gateway');
    return gateway;
  }

  async #exchange({ url }: Gateway, { method, path, headers, body }: EdgeRequest): Promise<EdgeAnswer> {
    const request = httpRequest(url + path, { method, headers, agent: this.#agent });
    const answered = new Promise<IncomingMessage>((resolve, reject) => {
      request.once('response', resolve);
      request.once('error', (error: NodeJS.ErrnoException) => {
        const wasNotSent = error.code === 'ECONNREFUSED' || (request.reusedSocket && error.code === 'ECONNRESET');
        reject(wasNotSent ? new NotHandedOver(error.message, { cause: error }) : error);
      });
    });
    request.end(body);
    const response = await answered;
    return { status: response.statusCode ?? 0, body: await text(response) };
  }

  async #poll(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      const states = await Promise.all(this.#gateways.map(async ({ readyUrl }) => isReady(readyUrl)));
      this.#ready = this.#gateways.filter((_, index) => states[index]);
      await delay(pollInterval);
    }
  }
}

class NotHandedOver extends Error {}

async function isReady(url: string): Promise<boolean> {
  return new Promise((resolve) => {
    const request = get(url, { timeout: 1_000 }, (response) => {
      response.resume();
      resolve(response.statusCode === 200);
    });
    request.on('timeout', () => request.destroy());
    request.on('error', () => resolve(false));
  });
}
