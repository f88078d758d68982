import { createServer, type Server } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { pino } from 'pino';
import { Registry } from 'prom-client';
import { expect, onTestFinished, test } from 'vitest';
import { parseConfig, processConfig } from './config.ts';
import { logExport } from './log-export.ts';
import { endpointOf, exportOutcomes } from './otlp.ts';

interface Sent {
  readonly resourceLogs: readonly {
    readonly scopeLogs: readonly { readonly logRecords: readonly Readonly<Record<string, unknown>>[] }[];
  }[];
}

/** A log store, and what it was sent; `up` says whether it takes it. */
async function store(): Promise<{ url: string; sent: Sent[]; up: { value: boolean }; server: Server }> {
  const sent: Sent[] = [];
  const up = { value: true };
  const server = createServer((request, response) => {
    void json(request).then((body) => {
      if (up.value) sent.push(body as Sent);
      response.writeHead(up.value ? 200 : 400, { 'content-type': 'application/json' }).end('{}');
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/otlp/v1/logs`, sent, up, server };
}

function recorder() {
  const lines: string[] = [];
  const log = pino({ base: null, timestamp: false }, { write: (line) => void lines.push(line) });
  return { lines, log };
}

const line = {
  level: 'warn',
  time: '2026-11-24T03:00:00.250Z',
  service: 'order',
  msg: 'server',
  trace_id: 'af7651916cd43dd8448eb211c80319c0',
  span_id: 'b7ad6b7169203331',
  duration_ms: 2.5,
  err: { message: 'no' },
};

test('a line is sent with its time, level, trace and fields', async () => {
  const { url, sent } = await store();
  const lines = logExport(
    url,
    resourceFromAttributes({}),
    exportOutcomes(new Registry(), () => recorder().log),
  );

  lines.write(JSON.stringify(line));
  await lines.stop();

  expect(sent.flatMap(({ resourceLogs }) => resourceLogs[0]?.scopeLogs[0]?.logRecords)).toMatchObject([
    {
      timeUnixNano: '1795489200250000000',
      severityText: 'warn',
      severityNumber: 13,
      body: { stringValue: 'server' },
      traceId: line.trace_id,
      spanId: line.span_id,
      attributes: [
        { key: 'duration_ms', value: { doubleValue: 2.5 } },
        { key: 'err', value: { stringValue: '{"message":"no"}' } },
      ],
    },
  ]);
});

test.each(['soon', 12, null])('a line whose time is %j is sent with the present one', async (time) => {
  const { url, sent } = await store();
  const lines = logExport(
    url,
    resourceFromAttributes({}),
    exportOutcomes(new Registry(), () => recorder().log),
  );

  const since = Date.now();
  lines.write(JSON.stringify({ ...line, time }));
  await lines.stop();

  const [record] = sent.flatMap(({ resourceLogs }) => resourceLogs[0]?.scopeLogs[0]?.logRecords ?? []);
  expect(Number(String(record?.timeUnixNano).slice(0, -6))).toBeGreaterThanOrEqual(since);
});

test('what cannot be sent is counted, and told once until it can again', async () => {
  const { url, up } = await store();
  const registry = new Registry();
  const { lines: told, log } = recorder();
  const outcome = exportOutcomes(registry, () => log);
  const send = async () => {
    const lines = logExport(url, resourceFromAttributes({}), outcome);
    lines.write(JSON.stringify(line));
    await lines.stop();
  };

  up.value = false;
  await send();
  await send();
  up.value = true;
  await send();

  expect(await registry.metrics()).toContain('telemetry_export_failures_total{signal="logs"} 2');
  expect(await registry.metrics()).toContain('telemetry_exports_total{signal="logs"} 1');
  expect(told.map((text) => (JSON.parse(text) as { msg: string }).msg)).toEqual([
    'telemetry cannot be sent and is lost',
    'telemetry can be sent again',
  ]);
});

test('a store that is away does not hold up the end for long', async () => {
  const { url, server } = await store();
  server.close();
  const lines = logExport(
    url,
    resourceFromAttributes({}),
    exportOutcomes(new Registry(), () => recorder().log),
  );
  lines.write(JSON.stringify(line));

  const since = performance.now();
  await lines.stop();

  expect(performance.now() - since).toBeLessThan(10_000);
});

test('a signal goes to the URL of its own, or below the common one', () => {
  const config = parseConfig(processConfig, {
    OTEL_EXPORTER_OTLP_ENDPOINT: 'http://collector:4318/base/',
    OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: 'http://jaeger:4318/v1/traces',
  });

  expect(endpointOf('traces', config)).toBe('http://jaeger:4318/v1/traces');
  expect(endpointOf('logs', config)).toBe('http://collector:4318/base/v1/logs');
  expect(endpointOf('logs', parseConfig(processConfig, {}))).toBeUndefined();
});
