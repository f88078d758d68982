import { ConformanceService } from '@ko/contracts/conformance';
import Fastify from 'fastify';
import { describeTransport } from '../conformance/suite.ts';
import { httpClient } from './http-client.ts';
import { mount } from './mount.ts';
import { problems } from './problems.ts';
import { serverOptions } from './server-options.ts';

const names = ['authorization', 'x-color', 'x-failed', 'x-books'];

describeTransport(
  'HTTP',
  async (endpoints) => {
    const app = Fastify({ ...serverOptions, bodyLimit: 16 * 1024 * 1024, forceCloseConnections: true });
    problems(app);
    mount(app, ConformanceService, endpoints, { requestHeaders: names, responseHeaders: names });
    const url = await app.listen({ host: '127.0.0.1', port: 0 });
    return { client: httpClient(ConformanceService, url), close: () => app.close() };
  },
  { requestStreams: false },
);
