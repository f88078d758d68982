import { UsageError, type Options } from '../options.ts';
import { connections } from './connections.ts';
import { database, order } from './database.ts';
import { get, large, peers } from './get.ts';
import type { BenchScenario } from './scenario.ts';
import { start } from './start.ts';
import { twoGateways } from './two-gateways.ts';

/** All that can be measured, in the order of the report. */
export const scenarios: readonly BenchScenario[] = [
  ...[get, peers, database, order, connections, large],
  ...[start, twoGateways],
];

const ofCommand: Readonly<Record<Options['command'], readonly BenchScenario[]>> = {
  bench: scenarios.filter((scenario) => scenario !== peers),
  peers: [peers],
  check: [get],
};

/** What the options ask for. Throws a UsageError. */
export function scenariosFor({ command, scenarios: names }: Options): readonly BenchScenario[] {
  const known = ofCommand[command];
  if (names.length === 0) return known;
  return names.map((name) => {
    const found = known.find((scenario) => scenario.name === name);
    if (found !== undefined) return found;
    throw new UsageError(`there is no scenario '${name}': there are ${known.map((one) => one.name).join(', ')}`);
  });
}
