import { collectDefaultMetrics, Gauge, Registry } from 'prom-client';

/** The registry of a process: OpenMetrics, whose histograms can name the trace of a slow request. */
export function createRegistry(version: string): Registry {
  const registry = new Registry();
  registry.setContentType(Registry.OPENMETRICS_CONTENT_TYPE as never); // Its type stands for the other format only.
  collectDefaultMetrics({ register: registry });
  // They are no counters, and say again what their parts say.
  for (const what of ['handles', 'requests', 'resources']) registry.removeSingleMetric(`nodejs_active_${what}_total`);
  new Gauge({
    name: 'build_info',
    help: 'Which release of the process runs, and on which Node: always 1.',
    labelNames: ['version', 'node'],
    registers: [registry],
  }).set({ version, node: process.version }, 1);
  return registry;
}

interface Exposition {
  readonly type: string;
  readonly body: string;
}

/** What `/metrics` answers: OpenMetrics to those who ask for it, as Prometheus does, or else its older text format. */
export async function exposition(registry: Registry, accept = ''): Promise<Exposition> {
  const body = await registry.metrics();
  if (accept.includes('application/openmetrics-text')) return { type: Registry.OPENMETRICS_CONTENT_TYPE, body };
  return { type: Registry.PROMETHEUS_CONTENT_TYPE, body: plainText(body) };
}

/** The older format has no exemplars and no end, and calls a counter by its whole name. */
function plainText(openMetrics: string): string {
  const counters = new Set(Array.from(openMetrics.matchAll(/^# TYPE (\S+) counter$/gm), ([, name]) => name));
  return openMetrics
    .replace(/^(\S+_bucket\{.*\} \S+) # \{.*$/gm, '$1')
    .replace(/^# (HELP|TYPE) (\S+)/gm, (line, _, name: string) => (counters.has(name) ? `${line}_total` : line))
    .replace(/# EOF\n$/, '');
}
