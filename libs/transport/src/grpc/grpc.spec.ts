import { ConformanceService } from '@ko/contracts/conformance';
import { expect, vi } from 'vitest';
import { describeTransport } from '../conformance/suite.ts';
import { grpcChannel } from './channel.ts';
import { connect } from './connect.ts';
import { grpcServer, serve } from './server.ts';

for (const multiplex of [false, true]) {
  describeTransport(`gRPC, ${multiplex ? 'multiplexed' : 'plain'}`, async (endpoints) => {
    const server = grpcServer('127.0.0.1:0');
    serve(server, ConformanceService, endpoints);
    await server.start();
    const channel = grpcChannel(server.address, { multiplex });
    if (multiplex) await vi.waitFor(() => expect(channel.multiplexed).toBeDefined());
    return {
      client: connect(ConformanceService, channel),
      close: async () => {
        channel.close();
        await server.stop();
      },
    };
  });
}
