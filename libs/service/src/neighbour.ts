import type { DescService } from '@bufbuild/protobuf';
import { balance, openInstancer, type Instance } from '@ko/discovery';
import { wrapClient, type Client } from '@ko/endpoint';
import { circuitBreaker } from '@ko/middleware';
import { connect, grpcChannel, type GrpcChannel } from '@ko/transport';
import { z } from 'zod';
import { clientMiddleware, type ClientOptions } from './onion.ts';
import type { Component } from './run.ts';

/** Schema of a URL that says how to find the instances of a service, such as `static:127.0.0.1:50051`. */
export function instancerUrl(standard: string) {
  return z
    .string()
    .default(standard)
    .superRefine((url, context) => {
      try {
        openInstancer(url);
      } catch (error) {
        context.addIssue(error instanceof Error ? error.message : String(error));
      }
    });
}

/** Another service, wherever its instances are. The clients of all its contracts share one connection per instance. */
export class Neighbour implements Component {
  readonly name: string;
  readonly #instancer;
  readonly #options: ClientOptions;
  readonly #channels = new Map<string, GrpcChannel>();

  /** `url` says how to find its instances, such as `static:127.0.0.1:50051`. Nothing connects before the first call. */
  constructor(name: string, url: string, options: ClientOptions) {
    this.name = `connections to ${name}`;
    this.#instancer = openInstancer(url);
    this.#options = options;
  }

  /** The service's endpoints of a contract, with all that stands around a call. */
  connect<S extends DescService>(contract: S): Client<S> {
    const instances = balance(contract, this.#instancer, (instance) => {
      const breaker = circuitBreaker();
      return wrapClient(contract, connect(contract, this.#channelTo(instance)), breaker);
    });
    return wrapClient(contract, instances, clientMiddleware(this.#options));
  }

  async stop(): Promise<void> {
    for (const channel of this.#channels.values()) channel.close();
    return Promise.resolve();
  }

  #channelTo({ address }: Instance): GrpcChannel {
    const channel = this.#channels.get(address) ?? grpcChannel(address);
    this.#channels.set(address, channel);
    return channel;
  }
}
