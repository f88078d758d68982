import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';
import { context, propagation, ROOT_CONTEXT, trace } from '@opentelemetry/api';
import { SamplingDecision, TraceIdRatioBasedSampler } from '@opentelemetry/sdk-trace';
import { ConformanceService } from '@ko/contracts/conformance';
import { createContext, type Endpoint } from '@ko/endpoint';
import { serverTracing } from '@ko/middleware';
import { expect, onTestFinished, test } from 'vitest';
import { parseConfig, processConfig } from './config.ts';
import { createTelemetry } from './telemetry.ts';

const { echo } = ConformanceService.method;

interface Sent {
  readonly resourceSpans: readonly {
    readonly scopeSpans: readonly { readonly spans: readonly { readonly traceId: string; readonly name: string }[] }[];
  }[];
}

/** A process that sends its spans, what it has sent, and a request that a library of its own has a part in. */
async function traced(ratio: number) {
  const sent: Sent[] = [];
  const server = createServer((request, response) => {
    void json(request).then((body) => {
      sent.push(body as Sent);
      response.setHeader('content-type', 'application/json').end('{}');
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const config = parseConfig(processConfig, {
    LOG_LEVEL: 'silent',
    OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: url,
    TRACE_RATIO: String(ratio),
  });
  const telemetry = createTelemetry('test', config);
  onTestFinished(() => {
    server.close();
    for (const api of [trace, context, propagation]) api.disable();
  });
  const query: Endpoint<null, null> = async () => {
    await Promise.resolve();
    trace.getTracer('library').startSpan('query').end();
    return null;
  };
  const endpoint = serverTracing(telemetry.spans, { tell: true })(query, echo);
  return {
    /** Resolves to the id of the request's trace. */
    async request(traceparent?: string): Promise<string> {
      const request = createContext({ metadata: traceparent === undefined ? {} : { traceparent } });
      await endpoint(null, request);
      return request.reply.get('traceresponse')?.split('-')[1] ?? '';
    },
    async spans(): Promise<readonly string[]> {
      await telemetry.stop?.();
      const scopes = sent.flatMap(({ resourceSpans }) => resourceSpans).flatMap(({ scopeSpans }) => scopeSpans);
      return scopes.flatMap(({ spans }) => spans.map(({ traceId, name }) => `${traceId} ${name}`)).sort();
    },
  };
}

const name = 'ko.conformance.v1.ConformanceService/Echo';

test('a share of the traces that begin here is kept, as all processes would choose them', async () => {
  const { request, spans } = await traced(0.5);
  const sampler = new TraceIdRatioBasedSampler(0.5);

  const ids = await Promise.all(Array.from({ length: 100 }, () => request()));

  const kept = ids.filter(
    (id) => sampler.shouldSample(ROOT_CONTEXT, id).decision === SamplingDecision.RECORD_AND_SAMPLED,
  );
  expect(kept.length).toBeGreaterThan(10);
  expect(kept.length).toBeLessThan(90);
  expect(await spans()).toEqual(kept.flatMap((id) => [`${id} ${name}`, `${id} query`]).sort());
});

test('a trace is kept that its caller keeps, and no other: libraries begin none of their own', async () => {
  const { request, spans } = await traced(1);
  const [one, other] = ['af7651916cd43dd8448eb211c80319c0', 'bf7651916cd43dd8448eb211c80319c0'];

  await request(`00-${one}-b7ad6b7169203331-01`);
  await request(`00-${other}-b7ad6b7169203331-00`);

  expect(await spans()).toEqual([`${one} ${name}`, `${one} query`]);
});

test('a process that sends no spans has nothing global that would cost something', () => {
  const telemetry = createTelemetry('test', parseConfig(processConfig, { LOG_LEVEL: 'silent' }));

  expect(telemetry.spans).toBeUndefined();
  expect(trace.getTracer('library').startSpan('query').isRecording()).toBe(false);
  expect(context.with(ROOT_CONTEXT.setValue(Symbol.for('x'), 1), () => context.active())).toBe(ROOT_CONTEXT);
});
