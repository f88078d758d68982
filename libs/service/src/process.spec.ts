import { once } from 'node:events';
import { createServer as createHttpServer } from 'node:http';
import { createServer, type AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { ConformanceService } from '@ko/contracts/conformance';
import { StatusError } from '@ko/endpoint';
import { expect, onTestFinished, test } from 'vitest';
import { parseConfig, processConfig } from './config.ts';
import { runProcess, type Server } from './process.ts';
import { createTelemetry } from './telemetry.ts';

async function freeAddress(): Promise<string> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return `127.0.0.1:${port}`;
}

async function readiness(admin: string): Promise<number> {
  return (await fetch(`http://${admin}/readyz`)).status;
}

test('a process is not ready without what it needs, then ready, then unready before anything stops', async () => {
  const admin = await freeAddress();
  const config = parseConfig(processConfig, { LOG_LEVEL: 'silent', ADMIN_ADDRESS: admin, SHUTDOWN_DELAY: '20' });
  const telemetry = createTelemetry('test', config);
  const events: string[] = [];
  const note = async (event: string) => Promise.resolve(void events.push(event));
  let isMissing = true;
  const database = {
    name: 'postgres',
    start: async () => note('database starts'),
    ready: async () => (isMissing ? Promise.reject(new StatusError('unavailable', 'missing')) : Promise.resolve()),
    stop: async () => note('database stops'),
  };
  const server: Server = {
    name: 'server',
    address: '127.0.0.1:1',
    start: async () => note('server starts'),
    drain: () => void events.push('server drains'),
    stop: async () => note(`server stops: ${await readiness(admin)}`),
  };
  const stop = Promise.withResolvers<string>();

  const parts = { name: 'test', config, telemetry, contracts: [ConformanceService], server, resources: [database] };
  const ended = runProcess(parts, stop.promise);
  await expect.poll(async () => readiness(admin)).toBe(503);
  isMissing = false;
  await expect.poll(async () => readiness(admin)).toBe(200);
  stop.resolve('SIGTERM');

  expect(await ended).toBe(0);
  expect(events).toEqual(['database starts', 'server starts', 'server drains', 'server stops: 503', 'database stops']);
});

test('its admin port shows every limit in time, and where it is set', async () => {
  const admin = await freeAddress();
  const config = parseConfig(processConfig, { LOG_LEVEL: 'silent', ADMIN_ADDRESS: admin, SHUTDOWN_DELAY: '0' });
  const stop = Promise.withResolvers<string>();
  const server: Server = { name: 'server', address: '127.0.0.1:1', drain: () => undefined };

  const telemetry = createTelemetry('test', config);
  const ended = runProcess({ name: 'test', config, telemetry, contracts: [ConformanceService], server }, stop.promise);
  await expect.poll(async () => readiness(admin)).toBe(200);
  const timeouts = await (await fetch(`http://${admin}/timeouts`)).json();
  stop.resolve('SIGTERM');
  await ended;

  expect(timeouts).toContainEqual({ what: 'request', milliseconds: 10_000, from: 'REQUEST_TIMEOUT' });
  expect(timeouts).toContainEqual({ what: 'stopping: all of it', milliseconds: 13_000, from: 'SHUTDOWN_BUDGET' });
});

test('that it could not start goes to the log store, too', async () => {
  const sent: string[] = [];
  const store = createHttpServer((request, response) => {
    void text(request).then((body) => {
      sent.push(body);
      response.setHeader('content-type', 'application/json').end('{}');
    });
  }).listen(0, '127.0.0.1');
  await once(store, 'listening');
  onTestFinished(() => void store.close());
  const { port } = store.address() as AddressInfo;
  const config = parseConfig(processConfig, { OTEL_EXPORTER_OTLP_LOGS_ENDPOINT: `http://127.0.0.1:${port}` });
  const database = { name: 'postgres', start: async () => Promise.reject(new Error('no database')) };
  const server: Server = { name: 'server', address: '127.0.0.1:1', drain: () => undefined };

  const telemetry = createTelemetry('test', config);
  const parts = { name: 'test', config, telemetry, contracts: [ConformanceService], server, resources: [database] };
  const code = await runProcess(parts, new Promise(() => undefined));

  expect(code).toBe(1);
  expect(sent.join()).toContain('could not start');
  expect(sent.join()).toContain('no database');
});
