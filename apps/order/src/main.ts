import { OrderService } from '@ko/contracts/order';
import { AuthService, UserService } from '@ko/contracts/user';
import { ConcurrencyLimiter } from '@ko/middleware';
import { createTelemetry, loadConfig, Neighbour, remoteKeys, runProcess } from '@ko/service';
import { grpcServer, serve } from '@ko/transport';
import { buildOrder } from './app.ts';
import { orderConfig } from './config.ts';
import { openOrderDatabase } from './database.ts';

const config = loadConfig(orderConfig, process.env);
const limiter = new ConcurrencyLimiter();
const telemetry = createTelemetry('order', config);
const database = openOrderDatabase(config.DATABASE_URL.reveal(), {
  poolSize: config.DATABASE_POOL,
  keepStatements: config.DATABASE_KEEP_STATEMENTS,
});
const user = new Neighbour('user', config.USER_URL, { config, telemetry });

const app = buildOrder({
  config,
  telemetry,
  limiter,
  prisma: database.client,
  users: user.connect(UserService),
  keys: remoteKeys(user.connect(AuthService)),
});
const server = grpcServer(config.GRPC_ADDRESS, {
  log: telemetry.log,
  grace: config.REQUEST_TIMEOUT,
  multiplex: config.MULTIPLEX,
});
serve(server, OrderService, app);

process.exitCode = await runProcess({
  name: 'order',
  config,
  telemetry,
  limiter,
  contracts: [OrderService],
  server,
  resources: [database],
  neighbours: [user],
});
