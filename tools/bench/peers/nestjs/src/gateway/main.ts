import 'reflect-metadata';
import { randomUUID } from 'node:crypto';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { Logger } from 'nestjs-pino';
import { hostAndPort, variable } from '../shared/environment.js';
import { serveMetrics } from '../shared/metrics.interceptor.js';
import { AppModule } from './app.module.js';

const adapter = new FastifyAdapter({ requestIdHeader: 'x-request-id', genReqId: () => randomUUID() });
adapter.getInstance().addHook('onRequest', (request, reply, done) => {
  reply.header('x-request-id', request.id);
  done();
});

const app = await NestFactory.create<NestFastifyApplication>(AppModule, adapter, { bufferLogs: true });
app.useLogger(app.get(Logger));
const { host, port } = hostAndPort(variable('HTTP_ADDRESS'));
await app.listen(port, host);
serveMetrics();
