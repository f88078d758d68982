// Plays Jaeger, Loki or Grafana where they cannot be had: takes what is sent by OTLP/HTTP as JSON, and answers those of
// their questions that tests ask, from what it took. `node standin.mjs <jaeger | loki | grafana>`
import { createServer } from 'node:http';
import { json } from 'node:stream/consumers';

const taken = [];
const valueOf = ({ stringValue, intValue, doubleValue, boolValue }) =>
  stringValue ?? intValue ?? doubleValue ?? boolValue;
const fieldsOf = (attributes = []) =>
  Object.fromEntries(attributes.map(({ key, value }) => [key, String(valueOf(value))]));
const serviceOf = ({ attributes }) => fieldsOf(attributes)['service.name'];

const roles = {
  grafana: { 3000: { '/api/health': () => ({ database: 'ok' }) } },
  jaeger: { 4318: { '/v1/traces': take }, 13133: { '/status': () => ({}) }, 16686: { '/api/traces/': jaegerTrace } },
  loki: { 3100: { '/otlp/v1/logs': take, '/ready': () => ({}), '/loki/api/v1/query_range': lokiLines } },
};

for (const [port, routes] of Object.entries(roles[process.argv[2]])) {
  createServer((request, response) => {
    const url = new URL(request.url, 'http://standin');
    const [, answer] = Object.entries(routes).find(([path]) => url.pathname.startsWith(path)) ?? [];
    void Promise.resolve(answer?.(url, request)).then((body) => {
      response.writeHead(body === undefined ? 404 : 200, { 'content-type': 'application/json' });
      response.end(JSON.stringify(body ?? {}));
    });
  }).listen(Number(port));
}
process.on('SIGTERM', () => process.exit(0));

async function take(_, request) {
  taken.push(await json(request));
  return {};
}

/** As Jaeger's query service answers: `/api/traces/{id}`. */
function jaegerTrace({ pathname }) {
  const id = pathname.split('/').pop();
  const processes = {};
  const spans = taken.flatMap(({ resourceSpans }) =>
    resourceSpans.flatMap(({ resource, scopeSpans }) =>
      scopeSpans.flatMap(({ spans }) =>
        spans
          .filter(({ traceId }) => traceId === id)
          .map(({ spanId, parentSpanId, name }) => {
            const serviceName = serviceOf(resource);
            processes[serviceName] = { serviceName };
            const references = parentSpanId ? [{ refType: 'CHILD_OF', traceID: id, spanID: parentSpanId }] : [];
            return { traceID: id, spanID: spanId, operationName: name, processID: serviceName, references };
          }),
      ),
    ),
  );
  return { data: spans.length === 0 ? [] : [{ traceID: id, spans, processes }] };
}

/** As Loki answers: `/loki/api/v1/query_range?query={service_name="gateway"} | trace_id="…"`. */
function lokiLines({ searchParams }) {
  const [, service, trace] =
    /^\{service_name="(.*?)"\} \| trace_id="(.*?)"$/.exec(searchParams.get('query') ?? '') ?? [];
  const values = taken.flatMap(({ resourceLogs }) =>
    resourceLogs
      .filter(({ resource }) => serviceOf(resource) === service)
      .flatMap(({ scopeLogs }) => scopeLogs.flatMap(({ logRecords }) => logRecords))
      .filter(({ traceId }) => traceId === trace)
      .map(({ timeUnixNano, body }) => [timeUnixNano, String(valueOf(body))]),
  );
  const result = values.length === 0 ? [] : [{ stream: { service_name: service }, values }];
  return { status: 'success', data: { resultType: 'streams', result } };
}
