import { ConformanceService } from '@ko/contracts/conformance';
import { grpcServer, serve } from '@ko/transport';
import { echoes } from './echo.ts';

// Serves the conformance service until it is killed, and prints where.
const server = grpcServer('127.0.0.1:0');
serve(
  server,
  ConformanceService,
  echoes(() => server.address),
);
await server.start();
process.stdout.write(`${server.address}\n`);
