import type { DescService } from '@bufbuild/protobuf';
import { Server, ServerCredentials } from '@grpc/grpc-js';
import { Health as HealthContract, ServerReflection, ServerReflectionV1Alpha } from '@ko/contracts/grpc';
import { MultiplexService } from '@ko/contracts/transport';
import { createContext, type Endpoints, type Logger, type Timeout } from '@ko/endpoint';
import { defaultMaxMessageSize } from './channel.ts';
import { handlersOf, routesOf } from './handlers.ts';
import { Health } from './health.ts';
import { definitionOf } from './method.ts';
import { maxBatch } from './multiplex/limits.ts';
import { MultiplexHandler } from './multiplex/handler.ts';
import { Reflection } from './reflection.ts';

export interface GrpcServerOptions {
  /** The logger of each request's context; silent unless given. */
  readonly log?: Logger;
  /** TLS; plain text unless given. */
  readonly credentials?: ServerCredentials;
  /** Bytes of the largest request message; larger ones are refused with `resource_exhausted`. 4 MiB unless given. */
  readonly maxMessageSize?: number;
  /** Milliseconds between the pings that find lost callers. 60 s unless given. */
  readonly keepalive?: number;
  /** Whether callers may let their unary calls share a stream; so they may unless told otherwise. */
  readonly multiplex?: boolean;
  /** Milliseconds that calls have to finish in when the server stops; then they are cut. 10 s unless given. */
  readonly grace?: number;
}

/** A server for contracts over gRPC, on `host:port`; port 0 is any that is free. Nothing listens before `start`. */
export function grpcServer(address: string, options: GrpcServerOptions = {}): GrpcServer {
  return new GrpcServer(address, options);
}

/** Lets the server answer calls of a contract with these endpoints. Call it before the server starts. */
export function serve<S extends DescService>(server: GrpcServer, contract: S, endpoints: Endpoints<S>): void {
  server.add(contract, endpoints);
}

/** A server that also answers health checks and reflection. A component: started and stopped once. */
export class GrpcServer {
  readonly timeouts: readonly Timeout[];
  readonly name = 'grpc server';
  readonly #server: Server;
  readonly #credentials: ServerCredentials;
  readonly #log: Logger;
  readonly #grace: number;
  readonly #health = new Health();
  readonly #reflection = new Reflection();
  readonly #multiplexed: MultiplexHandler;
  #address: string;

  constructor(address: string, options: GrpcServerOptions) {
    const { maxMessageSize = defaultMaxMessageSize, keepalive = 60_000, grace = 10_000, multiplex = true } = options;
    const { credentials = ServerCredentials.createInsecure(), log = createContext().log } = options;
    this.timeouts = [
      {
        what: 'caller without a sign of life, until it is pinged',
        milliseconds: keepalive,
        from: 'grpcServer: keepalive',
      },
      { what: 'stopping: requests at work', milliseconds: grace, from: 'grpcServer: grace' },
    ];
    this.#address = address;
    this.#credentials = credentials;
    this.#log = log;
    this.#multiplexed = new MultiplexHandler(log);
    this.#grace = grace;
    this.#server = new Server({
      'grpc.max_receive_message_length': maxMessageSize,
      'grpc.keepalive_time_ms': keepalive,
      'grpc.keepalive_timeout_ms': 10_000,
    });
    this.add(HealthContract, this.#health.endpoints);
    this.add(ServerReflection, this.#reflection.v1);
    this.add(ServerReflectionV1Alpha, this.#reflection.v1alpha);
    // Who takes no whole batch cannot take part.
    if (multiplex && maxMessageSize >= maxBatch) this.#offerMultiplexing();
  }

  /** Where the server listens: as given, with the port in fact after `start`. */
  get address(): string {
    return this.#address;
  }

  add<S extends DescService>(contract: S, endpoints: Endpoints<S>): void {
    const definition = Object.fromEntries(contract.methods.map((method) => [method.name, definitionOf(method)]));
    const routes = routesOf(contract, endpoints, this.#log);
    this.#server.addService(definition, handlersOf(routes));
    this.#multiplexed.add(routes);
    this.#health.add(contract.typeName);
    this.#reflection.add(contract);
  }

  #offerMultiplexing(): void {
    const { exchange } = MultiplexService.method;
    this.#server.addService({ [exchange.name]: definitionOf(exchange) }, { [exchange.name]: this.#multiplexed.handle });
    this.#reflection.add(MultiplexService);
  }

  /** Rejects when the address cannot be listened on, as when its port is taken. */
  async start(): Promise<void> {
    const port = await new Promise<number>((resolve, reject) => {
      this.#server.bindAsync(this.#address, this.#credentials, (error, bound) => {
        if (error === null) resolve(bound);
        else reject(new Error(`cannot listen on ${this.#address}: ${reasonOf(error)}`, { cause: error }));
      });
    });
    this.#address = this.#address.replace(/:\d+$/, `:${String(port)}`);
    this.#health.start();
  }

  /** Tells those who watch that it will take no more calls soon. Until `stop` it takes those that come. */
  drain(): void {
    this.#health.stop();
  }

  /** Takes no more calls, and resolves when those at work have finished, or are cut after `grace` milliseconds. */
  async stop(grace: number = this.#grace): Promise<void> {
    this.drain();
    this.#multiplexed.drain();
    await new Promise<void>((resolve, reject) => {
      const force = setTimeout(() => this.#server.forceShutdown(), grace);
      this.#server.tryShutdown((error) => {
        clearTimeout(force);
        if (error === undefined) resolve();
        else reject(error);
      });
    });
  }
}

function reasonOf({ message }: Error): string {
  return message.includes('EADDRINUSE') ? 'another process listens there' : message;
}
