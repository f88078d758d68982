import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Caller } from './client.ts';
import { System } from './system.ts';

interface Span {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly name: string;
  readonly service: string;
}

/** The part of OTLP's JSON that the test looks at. */
interface Export {
  readonly resourceSpans: readonly {
    readonly resource: {
      readonly attributes: readonly { readonly key: string; readonly value: { readonly stringValue?: string } }[];
    };
    readonly scopeSpans: readonly { readonly spans: readonly Omit<Span, 'service'>[] }[];
  }[];
}

const spans: Span[] = [];
const collector: Server = createServer((request, response) => {
  void json(request).then((body) => {
    spans.push(...spansOf(body as Export));
    response.setHeader('content-type', 'application/json').end('{}');
  });
});
const system = new System('processes');
const api = new Caller(() => system.url);

beforeAll(async () => {
  collector.listen(0, '127.0.0.1');
  await once(collector, 'listening');
  const { port } = collector.address() as AddressInfo;
  await system.start({ OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${port}` });
}, 120_000);
afterAll(async () => {
  await system.remove();
  collector.close();
}, 60_000);

test('one trace spans gateway, order, user and SQL, and its id is in their logs', async () => {
  const { token } = await api.register();
  const traceId = 'af7651916cd43dd8448eb211c80319c0';

  await api.order(token, { traceparent: `00-${traceId}-b7ad6b7169203331-01` });
  await system.stop(); // Exports what is not exported yet.

  const trace = spans.filter((span) => span.traceId === traceId);
  const names = trace.map(({ service, name }) => `${service} ${name}`);
  expect(names).toContain('gateway ko.order.v1.OrderService/CreateOrder');
  expect(names).toContain('order ko.order.v1.OrderService/CreateOrder');
  expect(names).toContain('order ko.user.v1.UserService/GetUser');
  expect(names).toContain('user ko.user.v1.UserService/GetUser');
  expect(names).toContain('user prisma:client:db_query');
  const ids = new Set(trace.map(({ spanId }) => spanId));
  const roots = trace.filter(({ parentSpanId = '' }) => !ids.has(parentSpanId));
  expect(roots).toMatchObject([{ service: 'gateway', parentSpanId: 'b7ad6b7169203331' }]);
  for (const process of ['gateway', 'order', 'user']) {
    expect(system.output).toMatch(new RegExp(`${process} .*trace_id=${traceId}`));
  }
}, 60_000);

function spansOf({ resourceSpans }: Export): Span[] {
  return resourceSpans.flatMap(({ resource, scopeSpans }) => {
    const service = resource.attributes.find(({ key }) => key === 'service.name')?.value.stringValue ?? '';
    return scopeSpans.flatMap((scope) => scope.spans.map((span) => ({ ...span, service })));
  });
}
