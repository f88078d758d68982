import { AuthService } from '@ko/contracts/user';
import { ConcurrencyLimiter } from '@ko/middleware';
import {
  anyReachable,
  createTelemetry,
  httpComponent,
  loadConfig,
  Neighbour,
  remoteKeys,
  runProcess,
  urlVariable,
} from '@ko/service';
import { buildGateway, publish } from './app.ts';
import { gatewayConfig } from './config.ts';
import { forEachUpstream, upstreamNames, upstreams } from './upstreams.ts';

const config = loadConfig(gatewayConfig, process.env);
const limiter = new ConcurrencyLimiter();
const telemetry = createTelemetry('gateway', config);

const calls = { config, telemetry, forwarded: ['authorization', 'idempotency-key'] };
const neighbourOf = forEachUpstream((name) => new Neighbour(name, config[urlVariable(name)], calls));
const neighbours = Object.values(neighbourOf);

const published = upstreamNames.flatMap((name) =>
  upstreams[name].contracts.map((contract) => publish(contract, neighbourOf[name].connect(contract))),
);
const keys = remoteKeys(neighbourOf.user.connect(AuthService));
const app = await buildGateway({ config, telemetry, limiter, keys, published });

process.exitCode = await runProcess({
  name: 'gateway',
  config,
  telemetry,
  limiter,
  contracts: published.map(({ contract }) => contract),
  server: httpComponent('http', app, {
    address: config.HTTP_ADDRESS,
    log: telemetry.log,
    reusePort: config.REUSE_PORT,
  }),
  neighbours,
  checks: [anyReachable(neighbours)],
});
