import { durations } from '@ko/middleware';
import { Counter } from 'prom-client';
import { expect, test } from 'vitest';
import { createRegistry, exposition } from './exposition.ts';

const accepted = 'application/openmetrics-text;version=1.0.0,text/plain;version=0.0.4;q=0.5';

const traceId = 'af7651916cd43dd8448eb211c80319c0';

function filled() {
  const registry = createRegistry('1.2.3');
  new Counter({ name: 'orders_total', help: 'Orders.', registers: [registry] }).inc(2);
  const answers = durations(registry, { name: 'answer_seconds', help: 'Answers.', labelNames: ['path'] });
  answers.of('a } # {b').observe(0.5, `00-${traceId}-b7ad6b7169203331-01`);
  answers.of('not kept').observe(0.5, `00-${traceId}-b7ad6b7169203331-00`);
  return registry;
}

test('OpenMetrics names the trace of a time', async () => {
  const { type, body } = await exposition(filled(), accepted);

  expect(type).toContain('application/openmetrics-text');
  expect(body).toMatch(
    /^answer_seconds_bucket\{.*le="0\.5".*\} 1 # \{trace_id="af7651916cd43dd8448eb211c80319c0"\} 0\.5 \d/m,
  );
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
