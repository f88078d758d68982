import type { Slice } from '../rounds.ts';

/** A measurement as there could have been one. */
export function slice(target: string, round: number, gateway: number, more: Partial<Slice> = {}): Slice {
  const load = { seconds: 2, requests: 1_000, p50: 1, p99: 2, p999: 3, max: 4, cpu: 20, errors: {} };
  return { target, round, load, cpu: { gateway }, memory: { gateway: 100 }, disturbance: 0.01, ...more };
}
