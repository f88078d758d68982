import { AuthService, UserService } from '@ko/contracts/user';
import { adminPort, createTelemetry, Health, loadConfig, run } from '@ko/service';
import { grpcServer, serve } from '@ko/transport';
import { buildUser } from './app.ts';
import { userConfig } from './config.ts';
import { openUserDatabase } from './database.ts';

const config = loadConfig(userConfig, process.env);
const telemetry = createTelemetry('user', config);
const { log } = telemetry;
const database = openUserDatabase(config.DATABASE_URL.reveal());

const app = buildUser({ config, telemetry, prisma: database.client });
const server = grpcServer(config.GRPC_ADDRESS, { log });
serve(server, UserService, app.users);
serve(server, AuthService, app.auth);

const health = new Health([database, app.check], { delay: config.SHUTDOWN_DELAY });
const admin = adminPort({ address: config.ADMIN_ADDRESS, telemetry, health, config });

// Started in this order, stopped in the reverse one.
const components = [telemetry, admin, database, app.housekeeping, server, health];
process.exitCode = await run(components, { log, budget: config.SHUTDOWN_BUDGET });
