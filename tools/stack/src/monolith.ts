import { AuthService, UserService } from '@ko/contracts/user';
import { OrderService } from '@ko/contracts/order';
import { buildGateway, edgeConfig, publish } from '@ko/gateway';
import { ConcurrencyLimiter } from '@ko/middleware';
import { buildOrder, openOrderDatabase } from '@ko/order';
import {
  clientMiddleware,
  createTelemetry,
  httpComponent,
  loadConfig,
  remoteKeys,
  runProcess,
  secretUrl,
} from '@ko/service';
import { local } from '@ko/transport';
import { wrapClient } from '@ko/endpoint';
import { buildUser, openUserDatabase, userConfig } from '@ko/user';
import { z } from 'zod';

const databaseUrl = secretUrl({ protocol: /^postgres(ql)?$/ });

/** All services and the gateway in one process: the same endpoints, called without a network between them. */
const config = loadConfig(
  z.object({
    ...userConfig.omit({ DATABASE_URL: true, GRPC_ADDRESS: true }).shape,
    ...edgeConfig.shape,
    USER_DATABASE_URL: databaseUrl,
    ORDER_DATABASE_URL: databaseUrl,
  }),
  process.env,
);
const limiter = new ConcurrencyLimiter();
const telemetry = createTelemetry('monolith', config);
const calls = clientMiddleware({ telemetry });
const edge = clientMiddleware({ telemetry, forwarded: ['authorization', 'idempotency-key'] });

const connections = { poolSize: config.DATABASE_POOL, keepStatements: config.DATABASE_KEEP_STATEMENTS };
const userDatabase = openUserDatabase(config.USER_DATABASE_URL.reveal(), connections);
const user = buildUser({ config, telemetry, prisma: userDatabase.client });
const users = local(UserService, user.users);
const auth = local(AuthService, user.auth);
const keys = remoteKeys(auth);

const orderDatabase = openOrderDatabase(config.ORDER_DATABASE_URL.reveal(), connections);
const orders = local(
  OrderService,
  buildOrder({
    config,
    telemetry,
    prisma: orderDatabase.client,
    users: wrapClient(UserService, users, calls),
    keys,
  }),
);

const published = [
  publish(UserService, wrapClient(UserService, users, edge)),
  publish(AuthService, wrapClient(AuthService, auth, edge)),
  publish(OrderService, wrapClient(OrderService, orders, edge)),
];
const gateway = await buildGateway({ config, telemetry, limiter, keys, published });

process.exitCode = await runProcess({
  name: 'monolith',
  config,
  telemetry,
  limiter,
  contracts: published.map(({ contract }) => contract),
  server: httpComponent('http', gateway, {
    address: config.HTTP_ADDRESS,
    log: telemetry.log,
    reusePort: config.REUSE_PORT,
  }),
  resources: [userDatabase, orderDatabase, user.housekeeping],
  checks: [user.check],
});
