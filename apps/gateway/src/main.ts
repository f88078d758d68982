import { AuthService, UserService } from '@ko/contracts/user';
import { OrderService } from '@ko/contracts/order';
import { ConcurrencyLimiter } from '@ko/middleware';
import {
  anyReachable,
  createTelemetry,
  httpComponent,
  loadConfig,
  Neighbour,
  remoteKeys,
  runProcess,
} from '@ko/service';
import { buildGateway, publish } from './app.ts';
import { gatewayConfig } from './config.ts';

const config = loadConfig(gatewayConfig, process.env);
const limiter = new ConcurrencyLimiter();
const telemetry = createTelemetry('gateway', config);

const forwarded = ['authorization', 'idempotency-key'];
const user = new Neighbour('user', config.USER_URL, { config, telemetry, forwarded });
const order = new Neighbour('order', config.ORDER_URL, { config, telemetry, forwarded });
const auth = user.connect(AuthService);

const published = [
  publish(UserService, user.connect(UserService)),
  publish(AuthService, auth),
  publish(OrderService, order.connect(OrderService)),
];
const app = await buildGateway({ config, telemetry, limiter, keys: remoteKeys(auth), published });

process.exitCode = await runProcess({
  name: 'gateway',
  config,
  telemetry,
  limiter,
  contracts: published.map(({ contract }) => contract),
  server: httpComponent('http', app, { address: config.HTTP_ADDRESS, log: telemetry.log }),
  neighbours: [user, order],
  checks: [anyReachable([user, order])],
});
