import { OrderService } from '@ko/contracts/order';
import { AuthService, UserService } from '@ko/contracts/user';
import { adminPort, createTelemetry, Health, loadConfig, Neighbour, remoteKeys, run } from '@ko/service';
import { grpcServer, serve } from '@ko/transport';
import { buildOrder } from './app.ts';
import { orderConfig } from './config.ts';
import { openOrderDatabase } from './database.ts';

const config = loadConfig(orderConfig, process.env);
const telemetry = createTelemetry('order', config);
const { log } = telemetry;
const database = openOrderDatabase(config.DATABASE_URL.reveal());
const user = new Neighbour('user', config.USER_URL, { telemetry });

const orders = buildOrder({
  config,
  telemetry,
  prisma: database.client,
  users: user.connect(UserService),
  keys: remoteKeys(user.connect(AuthService)),
});
const server = grpcServer(config.GRPC_ADDRESS, { log });
serve(server, OrderService, orders);

const health = new Health([database], { delay: config.SHUTDOWN_DELAY });
const admin = adminPort({ address: config.ADMIN_ADDRESS, telemetry, health, config });

// Started in this order, stopped in the reverse one.
const components = [telemetry, admin, database, user, server, health];
process.exitCode = await run(components, { log, budget: config.SHUTDOWN_BUDGET });
