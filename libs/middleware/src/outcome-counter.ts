import type { DescMethod } from '@bufbuild/protobuf';
import { Counter, type Registry } from 'prom-client';

/**
 * Counts what came of calls, by method, in the registry's counter of that name. Several clients in one process share it.
 * Without a registry nothing is counted.
 */
export function outcomeCounter(
  registry: Registry | undefined,
  name: string,
  help: string,
): (method: DescMethod, outcome: string) => void {
  if (registry === undefined) return () => {};
  const known = registry.getSingleMetric(name);
  const labelNames = ['service', 'method', 'outcome'];
  const counter = known instanceof Counter ? known : new Counter({ name, help, labelNames, registers: [registry] });
  return (method, outcome) => counter.inc({ service: method.parent.typeName, method: method.name, outcome });
}
