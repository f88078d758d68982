import { setTimeout as pause } from 'node:timers/promises';
import type { DescService } from '@bufbuild/protobuf';
import { timestampFromDate } from '@bufbuild/protobuf/wkt';
import { Order_State, OrderService } from '@ko/contracts/order';
import { AuthService, UserService } from '@ko/contracts/user';
import { makeEndpoints, StatusError, type Client, type Context, type Endpoints } from '@ko/endpoint';
import { buildGateway, edgeConfig, publish, type Published } from '@ko/gateway';
import { createTelemetry, parseConfig } from '@ko/service';
import { createSigner } from '@ko/service/testing';

/** A call as a service behind the gateway sees it. */
export interface SeenCall {
  readonly method: string;
  readonly request: object;
  readonly context: Context;
}

/** A listening gateway whose services note who asked for what, and do as little as it takes to answer. */
export async function startGateway() {
  const seen: SeenCall[] = [];
  const signer = createSigner();
  const config = parseConfig(edgeConfig, { LOG_LEVEL: 'silent', CORS_ORIGINS: '*' });
  const app = await buildGateway({
    config,
    telemetry: createTelemetry('gateway', config),
    keys: signer.keys,
    published: [
      published(OrderService, orders(seen)),
      published(UserService, users(seen)),
      published(
        AuthService,
        makeEndpoints(AuthService, () => away),
      ),
    ],
  });
  return {
    url: await app.listen({ host: '127.0.0.1', port: 0 }),
    seen,
    tokenOf: (subject: string) => signer.credentials(subject).authorization.replace('Bearer ', ''),
    close: () => app.close(),
  };
}

/** Offers endpoints that run in this process. */
function published<S extends DescService>(contract: S, endpoints: Endpoints<S>): Published {
  // The gateway gives whole messages, as endpoints need them, and takes what they answer.
  return publish(contract, endpoints as unknown as Client<S>);
}

function orders(seen: SeenCall[]): Endpoints<typeof OrderService> {
  return {
    ...makeEndpoints(OrderService, () => away),
    createOrder: async (request, context) => {
      seen.push({ method: 'createOrder', request, context });
      const createTime = timestampFromDate(new Date('2026-01-31T12:00:00.250Z'));
      const [line] = request.lines;
      return { ...(line?.unitPrice && { total: line.unitPrice }), createTime, state: Order_State.PENDING };
    },
    listOrders: async (request, context) => {
      seen.push({ method: 'listOrders', request, context });
      return { nextPageToken: 'next' };
    },
    exportOrders: async (request, context) => {
      seen.push({ method: 'exportOrders', request, context });
      return exported(request.customer !== '');
    },
    payOrder: async (request, context) => {
      seen.push({ method: 'payOrder', request, context });
      return pause(5_000, {}, { signal: context.signal });
    },
    cancelOrder: (_, context) => pause(5_000, {}, { signal: context.signal }),
  };
}

/** Orders without an end, or two and a failure. */
async function* exported(fails: boolean) {
  for (let index = 1; ; index++) {
    if (fails && index > 2) throw new StatusError('data_loss', 'the rest is gone');
    yield { name: `orders/${index}` };
    await pause(1);
  }
}

function users(seen: SeenCall[]): Endpoints<typeof UserService> {
  return {
    ...makeEndpoints(UserService, () => away),
    updateUser: async (request, context) => {
      seen.push({ method: 'updateUser', request, context });
      return request.user ?? {};
    },
  };
}

async function away(): Promise<never> {
  throw new StatusError('unavailable', 'the service is away', { reason: 'AWAY', retryAfter: 1_500 });
}
