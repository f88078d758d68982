import { onTestFinished } from 'vitest';
import { ConformanceService } from '@ko/contracts/conformance';
import type { Client } from '@ko/endpoint';
import { conformance } from '../conformance/implementation.ts';
import { grpcChannel, type GrpcChannel, type GrpcChannelOptions } from './channel.ts';
import { connect } from './connect.ts';
import { grpcServer, serve, type GrpcServer, type GrpcServerOptions } from './server.ts';

/** A server of the conformance service that stops with the test. */
export async function startServer(options?: GrpcServerOptions, address = '127.0.0.1:0') {
  const { endpoints, probe } = conformance();
  const server: GrpcServer = grpcServer(address, options);
  serve(server, ConformanceService, endpoints);
  await server.start();
  onTestFinished(async () => server.stop(0));
  return { server, probe };
}

/** A connection that closes with the test. */
export function openChannel(address: string, options?: GrpcChannelOptions): GrpcChannel {
  const channel = grpcChannel(address, options);
  onTestFinished(() => channel.close());
  return channel;
}

export function clientOf(channel: GrpcChannel): Client<typeof ConformanceService> {
  return connect(ConformanceService, channel);
}
