import { setTimeout as delay } from 'node:timers/promises';
import type { DescService } from '@bufbuild/protobuf';
import { Health, HealthCheckResponse_ServingStatus as Status } from '@ko/contracts/grpc';
import { createContext, StatusError, type Client, type Timeout } from '@ko/endpoint';
import {
  defaultKeepalive,
  grpcChannel,
  keepaliveTimeout,
  type GrpcChannel,
  type GrpcChannelOptions,
} from './channel.ts';
import { connect } from './connect.ts';

/** Whether calls can reach the other end: it says that it serves, it says that it stops, or it says nothing. */
export type GrpcLinkState = 'connecting' | 'serving' | 'draining' | 'unreachable';

/** Milliseconds between two attempts to connect: about, so that those who lost one server do not return at once. */
const pauseBetweenAttempts = 200;

/**
 * A connection to `host:port` that is made at once, and that knows whether the server serves: it watches the server's
 * health (gRFC A17). A server without health checks counts as serving as long as the connection lasts.
 */
export class GrpcLink {
  static readonly timeouts: readonly Timeout[] = [
    {
      what: 'connection without a sign of life, until it is pinged',
      milliseconds: defaultKeepalive,
      from: 'grpcChannel: keepalive',
    },
    { what: 'answer to a ping', milliseconds: keepaliveTimeout, from: 'grpcChannel' },
  ];
  readonly #channel: GrpcChannel;
  readonly #changed: () => void;
  readonly #health: Client<typeof Health>;
  readonly #closed = new AbortController();
  /** Ends the watch of a connection that is given up. */
  #renewed = new AbortController();
  #state: GrpcLinkState = 'connecting';

  /** `changed` is called whenever the state has changed. */
  constructor(address: string, changed: () => void, options: GrpcChannelOptions = {}) {
    this.#channel = grpcChannel(address, options);
    this.#changed = changed;
    this.#health = connect(Health, this.#channel);
    void this.#keepWatching();
  }

  get state(): GrpcLinkState {
    return this.#state;
  }

  connect<S extends DescService>(contract: S): Client<S> {
    return connect(contract, this.#channel);
  }

  /** Rejects when the server does not say in time that it is alive; the connection is then made anew, unless the link is closed. */
  async probe(signal: AbortSignal): Promise<void> {
    try {
      await this.#health.check({}, createContext({ signal }));
    } catch (error) {
      const { code, message } = StatusError.from(error);
      if (code === 'unimplemented') return;
      this.#renew();
      throw new StatusError('unavailable', signal.aborted ? 'no answer' : message, { cause: error });
    }
  }

  /** Calls at work go on to their end. */
  close(): void {
    this.#closed.abort();
    this.#channel.close();
  }

  #renew(): void {
    if (this.#closed.signal.aborted) return;
    this.#channel.renew();
    this.#renewed.abort();
  }

  async #keepWatching(): Promise<void> {
    const { signal: closed } = this.#closed;
    while (!closed.aborted) {
      this.#renewed = new AbortController();
      await this.#watch(AbortSignal.any([closed, this.#renewed.signal]));
      await pause(pauseBetweenAttempts * (0.5 + Math.random()), closed);
    }
  }

  /** Follows the server's health for as long as the connection lasts. */
  async #watch(signal: AbortSignal): Promise<void> {
    try {
      for await (const { status } of await this.#health.watch({}, createContext({ signal }))) {
        this.#become(status === Status.SERVING ? 'serving' : 'draining');
      }
      this.#become('draining');
    } catch (error) {
      if (StatusError.from(error).code === 'unimplemented') await this.#watchConnection(signal);
      this.#become('unreachable');
    }
  }

  /** Of a server that does not tell its health: it serves until the connection is lost. */
  async #watchConnection(signal: AbortSignal): Promise<void> {
    const channel = this.#channel.client.getChannel();
    const state = channel.getConnectivityState(true);
    this.#become('serving');
    await new Promise<void>((resolve) => {
      signal.addEventListener('abort', () => resolve(), { once: true });
      channel.watchConnectivityState(state, Infinity, () => resolve());
    });
  }

  #become(state: GrpcLinkState): void {
    if (state === this.#state || this.#closed.signal.aborted) return;
    this.#state = state;
    this.#changed();
  }
}

async function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  try {
    await delay(milliseconds, undefined, { signal, ref: false });
  } catch {
    // Closed: nobody waits any more.
  }
}
