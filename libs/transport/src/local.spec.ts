import { ConformanceService } from '@ko/contracts/conformance';
import { describeTransport } from './conformance/suite.ts';
import { local } from './local.ts';

describeTransport('local', async (endpoints) => ({
  client: local(ConformanceService, endpoints),
  close: async () => {},
}));
