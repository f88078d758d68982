import { OrderService as OrderContract } from '@ko/contracts/order';
import type { UserService } from '@ko/contracts/user';
import { databaseCalls } from '@ko/data';
import { chain, wrap, type Client, type Endpoints } from '@ko/endpoint';
import { ConcurrencyLimiter, type KeySource } from '@ko/middleware';
import { accessSchemes, serverMiddleware, type AccessConfig, type ProcessConfig, type Telemetry } from '@ko/service';
import { customersOf } from './customers.ts';
import { orderEndpoints } from './endpoints.ts';
import type { PrismaClient } from './generated/prisma/client.ts';
import { PostgresOrders } from './repository.ts';
import { OrderService } from './service.ts';

/** What the order service stands on. */
export interface OrderDependencies {
  readonly config: AccessConfig & Pick<ProcessConfig, 'REQUEST_TIMEOUT'>;
  readonly telemetry: Telemetry;
  /** Holds the places for requests. */
  readonly limiter?: ConcurrencyLimiter;
  /** Whether callers come from outside, as in a monolith. */
  readonly isEdge?: boolean;
  readonly prisma: PrismaClient;
  /** The user service, wherever it runs. */
  readonly users: Client<typeof UserService>;
  /** The keys that access tokens are signed with. */
  readonly keys: KeySource;
}

/** The order service, built from the inside out. */
export function buildOrder({
  config,
  telemetry,
  limiter = new ConcurrencyLimiter(),
  isEdge = false,
  prisma,
  users,
  keys,
}: OrderDependencies): Endpoints<typeof OrderContract> {
  const service = new OrderService(new PostgresOrders(prisma));
  const endpoints = orderEndpoints(service, customersOf(users));
  const served = serverMiddleware({
    telemetry,
    schemes: accessSchemes(config, keys),
    maxDeadline: config.REQUEST_TIMEOUT,
    limiter,
    isEdge,
  });
  const onion = chain(served, databaseCalls());
  return wrap(OrderContract, endpoints, onion);
}
