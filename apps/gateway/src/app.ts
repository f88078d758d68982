import type { DescService } from '@bufbuild/protobuf';
import { wrap, type Authenticated, type Client, type Endpoints, type Logger, type Middleware } from '@ko/endpoint';
import { ConcurrencyLimiter, type KeySource } from '@ko/middleware';
import { accessSchemes, serverMiddleware, type Telemetry } from '@ko/service';
import { mount, problems, serverOptions } from '@ko/transport';
import Fastify, { type FastifyInstance } from 'fastify';
import { accessLog } from './access-log.ts';
import type { EdgeConfig } from './config.ts';
import { document } from './documentation.ts';
import { protect, secure } from './protection.ts';

/** A contract that the gateway offers on HTTP, by the routes that the contract names. */
export interface Published {
  readonly contract: DescService;
  mount(app: FastifyInstance, around: { readonly middleware: Middleware<Authenticated>; readonly log: Logger }): void;
}

/** Offers a contract on HTTP, whose endpoints run elsewhere. */
export function publish<S extends DescService>(contract: S, client: Client<S>): Published {
  return {
    contract,
    mount: (app, { middleware, log }) => mount(app, contract, wrap(contract, client, middleware), { log }),
  };
}

/** Offers a contract that is served in this process: what stands around its endpoints does so already. */
export function publishLocal<S extends DescService>(contract: S, endpoints: Endpoints<S>): Published {
  return { contract, mount: (app, { log }) => mount(app, contract, endpoints, { log }) };
}

export interface GatewayDependencies {
  readonly config: EdgeConfig;
  readonly telemetry: Telemetry;
  /** Holds the places for requests. */
  readonly limiter?: ConcurrencyLimiter;
  /** The keys that verify access tokens. */
  readonly keys: KeySource;
  readonly published: readonly Published[];
}

/** The gateway, not listening. */
export async function buildGateway(dependencies: GatewayDependencies): Promise<FastifyInstance> {
  const { config, telemetry, limiter = new ConcurrencyLimiter(), keys, published } = dependencies;
  const middleware = serverMiddleware({
    telemetry,
    schemes: accessSchemes(config, keys),
    maxDeadline: config.REQUEST_TIMEOUT,
    limiter,
    isEdge: true,
    isRelay: true,
  });
  const { log } = telemetry;
  const observe = accessLog(telemetry);
  const app = Fastify({
    ...serverOptions,
    frameworkErrors: (error, request, reply) => {
      // No hook is asked for what has no route because it is no path.
      observe(request, reply);
      secure(reply);
      serverOptions.frameworkErrors(error, request, reply);
    },
    bodyLimit: config.BODY_LIMIT,
    http: {
      maxHeaderSize: config.HEADER_LIMIT,
      // Node takes the longer one of both for the whole request, and looks for late ones as often as this.
      headersTimeout: 10_000,
      connectionsCheckingInterval: 5_000,
      // A request without a body needs no stream: it is as if that had been read.
      optimizeEmptyRequests: true,
    },
    trustProxy: config.TRUSTED_PROXIES.length > 0 && [...config.TRUSTED_PROXIES],
    requestTimeout: 30_000,
    forceCloseConnections: 'idle',
    // What comes on an open connection while it drains is answered like everything else.
    return503OnClosing: false,
  });
  app.addHook('onRequest', (request, reply, done) => {
    observe(request, reply);
    done();
  });
  await protect(app, config);
  problems(app, { docs: '/docs', log, preHandler: app.rateLimit() });
  await document(
    app,
    published.map(({ contract }) => contract),
  );
  for (const contract of published) contract.mount(app, { middleware, log });
  return app;
}
