import { ConformanceService } from '@ko/contracts/conformance';
import { describeTransport } from '../conformance/suite.ts';
import { grpcChannel } from './channel.ts';
import { connect } from './connect.ts';
import { grpcServer, serve } from './server.ts';

describeTransport('gRPC', async (endpoints) => {
  const server = grpcServer('127.0.0.1:0');
  serve(server, ConformanceService, endpoints);
  await server.start();
  const channel = grpcChannel(server.address);
  return {
    client: connect(ConformanceService, channel),
    close: async () => {
      channel.close();
      await server.stop();
    },
  };
});
