import { AuthService, UserService } from '@ko/contracts/user';
import { OrderService } from '@ko/contracts/order';
import { adminPort, createTelemetry, Health, httpComponent, loadConfig, Neighbour, remoteKeys, run } from '@ko/service';
import { buildGateway, publish } from './app.ts';
import { gatewayConfig } from './config.ts';

const config = loadConfig(gatewayConfig, process.env);
const telemetry = createTelemetry('gateway', config);
const { log } = telemetry;

const forwarded = ['authorization', 'idempotency-key'];
const user = new Neighbour('user', config.USER_URL, { telemetry, forwarded });
const order = new Neighbour('order', config.ORDER_URL, { telemetry, forwarded });
const auth = user.connect(AuthService);

const app = await buildGateway({
  config,
  telemetry,
  keys: remoteKeys(auth),
  published: [
    publish(UserService, user.connect(UserService)),
    publish(AuthService, auth),
    publish(OrderService, order.connect(OrderService)),
  ],
});

const health = new Health([], { delay: config.SHUTDOWN_DELAY });
const admin = adminPort({ address: config.ADMIN_ADDRESS, telemetry, health, config });

const http = httpComponent('http', app, { address: config.HTTP_ADDRESS, log });

// Started in this order, stopped in the reverse one.
const components = [telemetry, admin, user, order, http, health];
process.exitCode = await run(components, { log, budget: config.SHUTDOWN_BUDGET });
