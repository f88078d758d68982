import { AuthService, UserService } from '@ko/contracts/user';
import { OrderService } from '@ko/contracts/order';
import { buildGateway, edgeConfig, publishLocal } from '@ko/gateway';
import { ConcurrencyLimiter } from '@ko/middleware';
import { buildOrder, openOrderDatabase } from '@ko/order';
import { clientMiddleware, createTelemetry, httpComponent, loadConfig, runProcess, secretUrl } from '@ko/service';
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
/** What is asked of the services comes from outside, and has one place among all that this process works at. */
const edge = { config, telemetry, limiter, isEdge: true };

const connections = { poolSize: config.DATABASE_POOL, keepStatements: config.DATABASE_KEEP_STATEMENTS };
const userDatabase = openUserDatabase(config.USER_DATABASE_URL.reveal(), connections);
const user = buildUser({ ...edge, prisma: userDatabase.client });
const users = wrapClient(UserService, local(UserService, user.users), clientMiddleware({ telemetry }));

const orderDatabase = openOrderDatabase(config.ORDER_DATABASE_URL.reveal(), connections);
const orders = buildOrder({ ...edge, prisma: orderDatabase.client, users, keys: user.keys });

const published = [
  publishLocal(UserService, user.users),
  publishLocal(AuthService, user.auth),
  publishLocal(OrderService, orders),
];
const gateway = await buildGateway({ config, telemetry, limiter, keys: user.keys, published });

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
