import { Counter, type Registry } from 'prom-client';

/** The registry's counter of that name, new if need be: several clients in one process share their metrics. */
export function counterIn<L extends string>(
  registry: Registry,
  name: string,
  { help, labelNames }: { readonly help: string; readonly labelNames: readonly L[] },
): Counter<L> {
  const known = registry.getSingleMetric(name);
  if (known instanceof Counter) return known;
  return new Counter({ name, help, labelNames: [...labelNames], registers: [registry] });
}
