import { cpu, ratios, type Results } from './results.ts';
import { median, quantile } from './statistics.ts';

/** Something that may not become much slower than it was. */
interface Watched {
  readonly text: string;
  readonly target: string;
  readonly part: string;
}

/** How a ratio was, and how it is. */
export interface Finding {
  readonly text: string;
  readonly was: number;
  readonly is: number;
  readonly holds: boolean;
}

/** What CPU times are told in: of the same requests, to a server that changes only with its libraries. */
const reference = 'Fastify with JWT';

const watched: readonly Watched[] = [
  { text: 'gateway, multiplexed', target: 'ko', part: 'gateway' },
  { text: 'service, multiplexed', target: 'ko', part: 'service' },
  { text: 'gateway, unary', target: 'ko-unary', part: 'gateway' },
  { text: 'monolith', target: 'ko-monolith', part: 'gateway' },
];

/** So much more is no noise. */
const tolerance = 1.3;

/**
 * What has become slower, as ratios of CPU time within the same rounds, which a machine that is busy does not change. A
 * ratio holds unless three quarters of the rounds are beyond what is tolerated.
 */
export function compare(committed: Results, measured: Results): readonly Finding[] {
  return watched.flatMap(({ text, target, part }) => {
    const of = ({ get }: Results) => ratios(get?.slices ?? [], [target, reference], cpu(part), cpu('gateway'));
    const [was, now] = [of(committed), of(measured)];
    if (was.length === 0 || now.length === 0) return [];
    return [{ text, was: median(was), is: median(now), holds: quantile(now, 0.25) <= median(was) * tolerance }];
  });
}
