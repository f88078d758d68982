import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Caller } from './client.ts';
import { System } from './system.ts';

interface Span {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly name: string;
}

interface Line {
  readonly traceId?: string;
  readonly body: { readonly stringValue: string };
}

interface Resource {
  readonly attributes: readonly { readonly key: string; readonly value: { readonly stringValue?: string } }[];
}

/** The part of OTLP's JSON that the test looks at. */
interface Export {
  readonly resourceSpans?: readonly {
    readonly resource: Resource;
    readonly scopeSpans: readonly { readonly spans: readonly Span[] }[];
  }[];
  readonly resourceLogs?: readonly {
    readonly resource: Resource;
    readonly scopeLogs: readonly { readonly logRecords: readonly Line[] }[];
  }[];
}

/** The span that orders are part of. */
const callerSpan = 'b7ad6b7169203331';
const spans: (Span & { readonly service: string })[] = [];
const lines: (Line & { readonly service: string })[] = [];
const collector: Server = createServer((request, response) => {
  void json(request).then((body) => {
    receive(body as Export);
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

test('an order is one trace, through gateway, order, user and SQL, and its id is in the log lines of all three', async () => {
  const { token } = await api.register();
  await placed(token); // The keys that tokens are verified with are known from now on.

  const { traceId, headers } = await placed(token);
  await system.stop(); // Exports what is not exported yet.

  expect(headers.get('traceresponse')).toMatch(new RegExp(`^00-${traceId}-[0-9a-f]{16}-01$`));
  const tree = branchesOf(callerSpan, traceId);
  expect(
    tree.filter((line) => !line.includes('prisma') || line.endsWith('db_query')),
    system.output.match(/^.* (WARN|ERROR|FATAL): .*$/gm)?.join('\n') ?? 'no warnings were logged',
  ).toEqual([
    'gateway ko.order.v1.OrderService/CreateOrder',
    '  gateway ko.order.v1.OrderService/CreateOrder',
    '    order ko.order.v1.OrderService/CreateOrder',
    '      order ko.user.v1.UserService/GetUser',
    '        user ko.user.v1.UserService/GetUser',
    '            user prisma:client:db_query',
    ...tree.filter((line) => /^ +order .*db_query$/.test(line)),
  ]);
  expect(tree.filter((line) => /^ +order .*db_query$/.test(line))).not.toHaveLength(0);
  expect(tree).toHaveLength(spans.filter((span) => span.traceId === traceId).length);

  for (const [service, message] of [
    ['gateway', 'access'],
    ['order', 'server'],
    ['user', 'server'],
  ] as const) {
    const sent = lines.filter((line) => line.service === service && line.traceId === traceId);
    expect(sent.map(({ body }) => body.stringValue)).toContain(message);
    expect(system.output).toMatch(new RegExp(`${service} .*trace_id=${traceId}`));
  }
}, 60_000);

/** Places an order, in a trace of its own each time that the system asks to come again. */
async function placed(token: string): Promise<{ readonly traceId: string; readonly headers: Headers }> {
  for (;;) {
    const traceId = randomBytes(16).toString('hex');
    const { status, headers, text } = await api.order(token, { traceparent: `00-${traceId}-${callerSpan}-01` });
    if (status === 200) return { traceId, headers };
    expect(status, text).toBe(503);
    await delay(500);
  }
}

function receive({ resourceSpans = [], resourceLogs = [] }: Export): void {
  for (const { resource, scopeSpans } of resourceSpans) {
    const service = serviceOf(resource);
    for (const scope of scopeSpans) spans.push(...scope.spans.map((span) => ({ ...span, service })));
  }
  for (const { resource, scopeLogs } of resourceLogs) {
    const service = serviceOf(resource);
    for (const scope of scopeLogs) lines.push(...scope.logRecords.map((line) => ({ ...line, service })));
  }
}

function serviceOf({ attributes }: Resource): string {
  return attributes.find(({ key }) => key === 'service.name')?.value.stringValue ?? '';
}

/** The spans of a trace that are part of a span, a line each, indented below what they are part of. */
function branchesOf(parent: string, traceId: string): readonly string[] {
  return spans
    .filter((span) => span.traceId === traceId && span.parentSpanId === parent)
    .flatMap((span) => [
      `${span.service} ${span.name}`,
      ...branchesOf(span.spanId, traceId).map((line) => `  ${line}`),
    ]);
}
