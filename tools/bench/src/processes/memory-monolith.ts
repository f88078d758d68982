import { AuthService, UserService } from '@ko/contracts/user';
import { wrap, wrapClient } from '@ko/endpoint';
import { buildGateway, edgeConfig, publish } from '@ko/gateway';
import { ConcurrencyLimiter } from '@ko/middleware';
import {
  accessSchemes,
  clientMiddleware,
  createTelemetry,
  httpComponent,
  loadConfig,
  remoteKeys,
  runProcess,
  serverMiddleware,
} from '@ko/service';
import { local } from '@ko/transport';
import { z } from 'zod';
import { authFromMemory, memoryConfig, readMemory, usersFromMemory } from '../subjects/memory.ts';

/** Gateway and user service in one process, as the monolith has them, but for the database. */
const config = loadConfig(z.object({ ...edgeConfig.shape, ...memoryConfig.shape }), process.env);
const limiter = new ConcurrencyLimiter();
const telemetry = createTelemetry('monolith', config);
const edge = clientMiddleware({ telemetry, forwarded: ['authorization', 'idempotency-key'] });

const memory = readMemory(config);
const schemes = accessSchemes(config, () => Promise.resolve(memory.keys));
const onion = serverMiddleware({ telemetry, schemes, maxDeadline: config.REQUEST_TIMEOUT });
const users = local(UserService, wrap(UserService, usersFromMemory(memory), onion));
const auth = local(AuthService, wrap(AuthService, authFromMemory(memory), onion));

const published = [
  publish(UserService, wrapClient(UserService, users, edge)),
  publish(AuthService, wrapClient(AuthService, auth, edge)),
];
const gateway = await buildGateway({ config, telemetry, limiter, keys: remoteKeys(auth), published });

process.exitCode = await runProcess({
  name: 'monolith',
  config,
  telemetry,
  limiter,
  contracts: published.map(({ contract }) => contract),
  server: httpComponent('http', gateway, { address: config.HTTP_ADDRESS, log: telemetry.log }),
});
