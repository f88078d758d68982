import { Client, credentials as channelCredentials, type ChannelCredentials } from '@grpc/grpc-js';

export interface GrpcChannelOptions {
  /** TLS; plain text unless given. */
  readonly credentials?: ChannelCredentials;
  /** Bytes of the largest response message; larger ones fail with `resource_exhausted`. 4 MiB unless given. */
  readonly maxMessageSize?: number;
  /** Milliseconds between the pings that find a lost connection. 30 s unless given. */
  readonly keepalive?: number;
}

/** A connection to `host:port`, for any number of contracts. It is made at the first call, and again whenever it is lost. */
export function grpcChannel(address: string, options: GrpcChannelOptions = {}): GrpcChannel {
  return new GrpcChannel(address, options);
}

export class GrpcChannel {
  readonly address: string;
  readonly client: Client;

  constructor(address: string, options: GrpcChannelOptions) {
    const { credentials = channelCredentials.createInsecure() } = options;
    const { maxMessageSize = 4 * 1024 * 1024, keepalive = 30_000 } = options;
    this.address = address;
    this.client = new Client(address, credentials, {
      'grpc.max_receive_message_length': maxMessageSize,
      'grpc.keepalive_time_ms': keepalive,
      'grpc.keepalive_timeout_ms': 10_000,
      // A service that comes back is found soon.
      'grpc.initial_reconnect_backoff_ms': 100,
      'grpc.max_reconnect_backoff_ms': 2_000,
      'grpc.dns_min_time_between_resolutions_ms': 2_000,
      // What to do about failures is for middleware to say, and for nothing else.
      'grpc.enable_retries': 0,
      'grpc.service_config_disable_resolution': 1,
      'grpc.enable_http_proxy': 0,
      'grpc.use_local_subchannel_pool': 1,
    });
  }

  /** Calls at work go on to their end; new ones fail. */
  close(): void {
    this.client.close();
  }
}
