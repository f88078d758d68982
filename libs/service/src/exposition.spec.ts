import { TraceFlags } from '@opentelemetry/api';
import { observe } from '@ko/middleware';
import { Counter, Histogram } from 'prom-client';
import { expect, test } from 'vitest';
import { createRegistry, exposition } from './exposition.ts';

const accepted = 'application/openmetrics-text;version=1.0.0,text/plain;version=0.0.4;q=0.5';

function filled() {
  const registry = createRegistry('1.2.3');
  new Counter({ name: 'orders_total', help: 'Orders.', registers: [registry] }).inc(2);
  const histogram = new Histogram({
    name: 'answer_seconds',
    help: 'Answers.',
    labelNames: ['path'] as const,
    buckets: [1],
    enableExemplars: true,
    registers: [registry],
  });
  const span = { traceId: 'abc', spanId: 'def', traceFlags: TraceFlags.SAMPLED };
  observe(histogram, { labels: { path: 'a } # {b' }, seconds: 0.5, span });
  observe(histogram, { labels: { path: 'not kept' }, seconds: 0.5, span: { ...span, traceFlags: TraceFlags.NONE } });
  return registry;
}

test('OpenMetrics names the trace of a time', async () => {
  const { type, body } = await exposition(filled(), accepted);

  expect(type).toContain('application/openmetrics-text');
  expect(body).toMatch(/^answer_seconds_bucket\{.*le="1".*\} 1 # \{trace_id="abc"\} 0\.5 \d/m);
  expect(body).toMatch(/^answer_seconds_bucket\{.*path="not kept".*\} 1$/m);
  expect(body).toMatch(/^# TYPE orders counter\norders_total 2$/m);
  expect(body).toMatch(/# EOF\n$/);
});

test('the text format says the same without it', async () => {
  const { type, body } = await exposition(filled());

  expect(type).toContain('text/plain');
  expect(body).toMatch(/^answer_seconds_bucket\{.*path="a \} # \{b".*\} 1$/m);
  expect(body).toMatch(/^# HELP orders_total Orders\.\n# TYPE orders_total counter\norders_total 2$/m);
  expect(body).toMatch(/^build_info\{version="1\.2\.3",node="v\d+/m);
  expect(body).not.toContain('# EOF');
});

test('asking in one format does not change what the other says', async () => {
  const registry = filled();
  await exposition(registry, accepted);

  expect((await exposition(registry)).body).toContain('# TYPE orders_total counter\norders_total 2');
  expect((await exposition(registry, accepted)).body).toContain('# TYPE orders counter\norders_total 2');
});
