import { AuthService, UserService } from '@ko/contracts/user';
import { wrap } from '@ko/endpoint';
import { buildGateway, edgeConfig, publishLocal } from '@ko/gateway';
import { ConcurrencyLimiter } from '@ko/middleware';
import { accessSchemes, createTelemetry, httpComponent, loadConfig, runProcess, serverMiddleware } from '@ko/service';
import { z } from 'zod';
import { authFromMemory, memoryConfig, readMemory, usersFromMemory } from '../subjects/memory.ts';

/** Gateway and user service in one process, as the monolith has them, but for the database. */
const config = loadConfig(z.object({ ...edgeConfig.shape, ...memoryConfig.shape }), process.env);
const limiter = new ConcurrencyLimiter();
const telemetry = createTelemetry('monolith', config);

const memory = readMemory(config);
const keys = () => Promise.resolve(memory.keys);
const schemes = accessSchemes(config, keys);
const onion = serverMiddleware({ telemetry, schemes, maxDeadline: config.REQUEST_TIMEOUT, limiter, isEdge: true });

const published = [
  publishLocal(UserService, wrap(UserService, usersFromMemory(memory), onion)),
  publishLocal(AuthService, wrap(AuthService, authFromMemory(memory), onion)),
];
const gateway = await buildGateway({ config, telemetry, limiter, keys, published });

process.exitCode = await runProcess({
  name: 'monolith',
  config,
  telemetry,
  limiter,
  contracts: published.map(({ contract }) => contract),
  server: httpComponent('http', gateway, { address: config.HTTP_ADDRESS, log: telemetry.log }),
});
