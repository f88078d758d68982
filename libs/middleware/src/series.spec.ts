import { Gauge, Histogram, Registry } from 'prom-client';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { durationBuckets, durations, levels } from './series.ts';

const description = { name: 'answer_seconds', help: 'Answers.\\ All "of" them.', labelNames: ['path', 'status'] };

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

function openMetrics(): Registry {
  const registry = new Registry();
  registry.setContentType(Registry.OPENMETRICS_CONTENT_TYPE as never);
  return registry;
}

/** Durations of all sizes, also those that are the bound of a bucket, some of them in a trace that is kept. */
function* observations(count: number) {
  const paths = ['/', '/a"b\\c\n', 'Z', ''];
  for (let index = 0; index < count; index++) {
    const bound = durationBuckets[index % 17];
    const seconds = bound !== undefined && Math.random() < 0.3 ? bound : 10 ** (Math.random() * 6 - 4);
    const traceId = crypto.randomUUID().replaceAll('-', '');
    yield { path: paths[index % 4] ?? '', status: 200 + (index % 3), seconds, traceId, isKept: Math.random() < 0.3 };
  }
}

test.each(['text', 'OpenMetrics'])('durations are exposed as prom-client exposes them: %s', async (format) => {
  const [ours, theirs] = format === 'text' ? [new Registry(), new Registry()] : [openMetrics(), openMetrics()];
  const enableExemplars = format === 'OpenMetrics';
  const histogram = new Histogram({ ...description, buckets: durationBuckets, enableExemplars, registers: [theirs] });
  const own = durations(ours, description);
  const empty = [await ours.metrics(), await theirs.metrics()];

  for (const { path, status, seconds: value, traceId, isKept } of observations(5_000)) {
    vi.advanceTimersByTime(7);
    const labels = { path, status };
    const exemplarLabels = isKept ? { trace_id: traceId } : {};
    if (enableExemplars) histogram.observe({ labels, value, exemplarLabels });
    else histogram.observe(labels, value);
    own.of(path, status).observe(value, `00-${traceId}-b7ad6b7169203331-${isKept ? '01' : '00'}`);
  }

  expect(empty[0]).toBe(empty[1]);
  expect(await ours.metrics()).toBe(await theirs.metrics());
  expect((await ours.metrics()).includes('trace_id')).toBe(enableExemplars);
  expect(await ours.getSingleMetricAsString('answer_seconds')).toContain('# TYPE answer_seconds histogram');
});

test('levels are exposed as prom-client exposes them', async () => {
  const [ours, theirs] = [openMetrics(), openMetrics()];
  const gauge = new Gauge({ ...description, registers: [theirs] });
  const own = levels(ours, description);

  for (const { path, status, isKept } of observations(100)) {
    gauge.inc({ path, status }, isKept ? -1 : 1);
    own.of(path, status).value += isKept ? -1 : 1;
  }

  expect(await ours.metrics()).toBe(await theirs.metrics());
});

test('a registry has one metric of a name, which can begin anew', async () => {
  const registry = openMetrics();
  durations(registry, description).of('/', 200).observe(1);

  expect(durations(registry, description)).toBe(durations(registry, description));
  expect(await registry.metrics()).toContain('answer_seconds_count{path="/",status="200"} 1');
  registry.resetMetrics();
  expect(await registry.metrics()).not.toContain('answer_seconds_count');
});
