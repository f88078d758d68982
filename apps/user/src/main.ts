import { AuthService, UserService } from '@ko/contracts/user';
import { ConcurrencyLimiter } from '@ko/middleware';
import { createTelemetry, loadConfig, runProcess } from '@ko/service';
import { grpcServer, serve } from '@ko/transport';
import { buildUser } from './app.ts';
import { userConfig } from './config.ts';
import { openUserDatabase } from './database.ts';

const config = loadConfig(userConfig, process.env);
const limiter = new ConcurrencyLimiter();
const telemetry = createTelemetry('user', config);
const database = openUserDatabase(config.DATABASE_URL.reveal(), {
  poolSize: config.DATABASE_POOL,
  keepStatements: config.DATABASE_KEEP_STATEMENTS,
});

const app = buildUser({ config, telemetry, limiter, prisma: database.client });
const server = grpcServer(config.GRPC_ADDRESS, {
  log: telemetry.log,
  grace: config.REQUEST_TIMEOUT,
  multiplex: config.MULTIPLEX,
});
serve(server, UserService, app.users);
serve(server, AuthService, app.auth);

process.exitCode = await runProcess({
  name: 'user',
  config,
  telemetry,
  limiter,
  contracts: [UserService, AuthService],
  server,
  resources: [database, app.housekeeping],
  checks: [app.check],
});
