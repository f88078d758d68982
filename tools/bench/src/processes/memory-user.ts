import { AuthService, UserService } from '@ko/contracts/user';
import { wrap } from '@ko/endpoint';
import { ConcurrencyLimiter } from '@ko/middleware';
import {
  accessConfig,
  accessSchemes,
  createTelemetry,
  loadConfig,
  processConfig,
  runProcess,
  serverMiddleware,
} from '@ko/service';
import { grpcServer, serve } from '@ko/transport';
import { z } from 'zod';
import { authFromMemory, memoryConfig, readMemory, usersFromMemory } from '../subjects/memory.ts';

/** The user service as it is, but for its database: what it knows is in memory. */
const config = loadConfig(
  z.object({ ...processConfig.shape, ...accessConfig.shape, ...memoryConfig.shape, GRPC_ADDRESS: z.string() }),
  process.env,
);
const limiter = new ConcurrencyLimiter();
const telemetry = createTelemetry('user', config);

const memory = readMemory(config);
const schemes = accessSchemes(config, () => Promise.resolve(memory.keys));
const onion = serverMiddleware({ telemetry, schemes, maxDeadline: config.REQUEST_TIMEOUT, limiter });
const server = grpcServer(config.GRPC_ADDRESS, { log: telemetry.log, grace: config.REQUEST_TIMEOUT });
serve(server, UserService, wrap(UserService, usersFromMemory(memory), onion));
serve(server, AuthService, wrap(AuthService, authFromMemory(memory), onion));

process.exitCode = await runProcess({
  name: 'user',
  config,
  telemetry,
  limiter,
  contracts: [UserService, AuthService],
  server,
});
