import type { Candidate } from './balancer.ts';
import { weightedRandom } from './balancers/random.ts';

/** Which of the instances a caller wants to use. */
export interface Preference {
  /** The zone to stay in while at least half of its instances can take calls. */
  readonly zone?: string;
  /** Share of the calls for each version, such as 95 for one and 5 for another. Versions without a share get none. */
  readonly split?: Readonly<Record<string, number>>;
}

/**
 * The candidates that a caller prefers at the moment, out of those that could take a call; `known` are all instances.
 * A preference that nobody meets is none.
 */
export function preferred<C extends Candidate>(
  candidates: readonly C[],
  known: readonly Candidate[],
  { zone = '', split }: Preference,
): readonly C[] {
  const ofVersion = split === undefined ? candidates : ofOneVersion(candidates, split);
  return zone === '' ? ofVersion : ofZone(ofVersion, known, zone);
}

function ofOneVersion<C extends Candidate>(
  candidates: readonly C[],
  split: Readonly<Record<string, number>>,
): readonly C[] {
  const groups = Object.groupBy(candidates, ({ instance }) => instance.version);
  const [first, ...others] = Object.entries(split).flatMap(([version, weight]) =>
    groups[version] === undefined || weight === 0 ? [] : [{ weight, members: groups[version] }],
  );
  if (first === undefined) return candidates;
  return weightedRandom([first, ...others]).members;
}

function ofZone<C extends Candidate>(
  candidates: readonly C[],
  known: readonly Candidate[],
  zone: string,
): readonly C[] {
  const near = candidates.filter(({ instance }) => instance.zone === zone);
  const nearKnown = known.filter(({ instance }) => instance.zone === zone);
  return near.length > 0 && near.length * 2 >= nearKnown.length ? near : candidates;
}
