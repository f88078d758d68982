import { Client, credentials as channelCredentials, type ChannelCredentials } from '@grpc/grpc-js';
import type { Caller } from './multiplex/caller.ts';
import { maxBatch } from './multiplex/limits.ts';
import { Multiplexer } from './multiplex/multiplexer.ts';

export interface GrpcChannelOptions {
  /** TLS; plain text unless given. */
  readonly credentials?: ChannelCredentials;
  /** Bytes of the largest response message; larger ones fail with `resource_exhausted`. 4 MiB unless given. */
  readonly maxMessageSize?: number;
  /** Milliseconds between the pings that find a lost connection. 30 s unless given. */
  readonly keepalive?: number;
  /** Whether unary calls share a stream where the server offers that; so they do unless told otherwise. */
  readonly multiplex?: boolean;
}

/** Milliseconds that a ping may take before the connection counts as lost. */
export const keepaliveTimeout = 10_000;

/** Milliseconds between pings. */
export const defaultKeepalive = 30_000;

/** Bytes of the largest message, either way. */
export const defaultMaxMessageSize = 4 * 1024 * 1024;

/** A connection to `host:port`, for any number of contracts. It is made at the first call, and again whenever it is lost. */
export function grpcChannel(address: string, options: GrpcChannelOptions = {}): GrpcChannel {
  return new GrpcChannel(address, options);
}

export class GrpcChannel {
  readonly address: string;
  readonly #options: GrpcChannelOptions;
  #client: Client;
  #multiplexer: Multiplexer | undefined;

  constructor(address: string, options: GrpcChannelOptions) {
    this.address = address;
    this.#options = options;
    this.#client = newClient(address, options);
    this.#multiplexer = newMultiplexer(this.#client, options);
  }

  /** The connection as grpc-js knows it, at present. */
  get client(): Client {
    return this.#client;
  }

  /** The shared stream of unary calls; undefined while there is none: they are then plain calls. */
  get multiplexed(): Caller | undefined {
    return this.#multiplexer?.caller;
  }

  /** Makes a new connection for the calls to come. Those at work stay with the old one. */
  renew(): void {
    this.close();
    this.#client = newClient(this.address, this.#options);
    this.#multiplexer = newMultiplexer(this.#client, this.#options);
  }

  /** Calls at work go on to their end; new ones fail. */
  close(): void {
    this.#multiplexer?.close();
    this.#client.close();
  }
}

function newMultiplexer(client: Client, options: GrpcChannelOptions): Multiplexer | undefined {
  const { maxMessageSize = defaultMaxMessageSize, keepalive = defaultKeepalive, multiplex = true } = options;
  // Who takes no whole batch cannot take part.
  return multiplex && maxMessageSize >= maxBatch ? new Multiplexer(client, { maxMessageSize, keepalive }) : undefined;
}

function newClient(address: string, options: GrpcChannelOptions): Client {
  const { credentials = channelCredentials.createInsecure() } = options;
  const { maxMessageSize = defaultMaxMessageSize, keepalive = defaultKeepalive } = options;
  return new Client(address, credentials, {
    'grpc.max_receive_message_length': maxMessageSize,
    'grpc.keepalive_time_ms': keepalive,
    'grpc.keepalive_timeout_ms': keepaliveTimeout,
    // A service that comes back is found soon.
    'grpc.initial_reconnect_backoff_ms': 100,
    'grpc.max_reconnect_backoff_ms': 1_000,
    'grpc.dns_min_time_between_resolutions_ms': 2_000,
    // What to do about failures is for middleware to say, and for nothing else.
    'grpc.enable_retries': 0,
    'grpc.service_config_disable_resolution': 1,
    'grpc.enable_http_proxy': 0,
    'grpc.use_local_subchannel_pool': 1,
  });
}
