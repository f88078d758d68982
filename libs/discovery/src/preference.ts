import type { Candidate } from './balancer.ts';
import { weightedRandom } from './balancers/random.ts';

/** Which of the instances a caller wants to use. */
export interface Preference {
  /** The zone to stay in while at least half of its instances can take calls. */
  readonly zone?: string;
  /** Share of the calls for each version, such as 95 for one and 5 for another. Versions without a share get none. */
  readonly split?: Readonly<Record<string, number>>;
}

/** Candidates that a caller prefers alike, and what share of the calls they get beside other groups. */
export interface Group<C> {
  readonly weight: number;
  readonly members: readonly [C, ...C[]];
}

/** The candidates that a caller prefers at the moment, out of those that could take a call: see `groupsOf`. */
export function preferred<C extends Candidate>(
  candidates: readonly [C, ...C[]],
  known: readonly Candidate[],
  preference: Preference,
): readonly [C, ...C[]] {
  return weightedRandom(groupsOf(candidates, known, preference)).members;
}

/**
 * The candidates that a caller prefers, out of those that could take a call, in the groups that share the calls; `known`
 * are all instances. A preference that nobody meets is none.
 */
export function groupsOf<C extends Candidate>(
  candidates: readonly [C, ...C[]],
  known: readonly Candidate[],
  { zone = '', split }: Preference,
): readonly [Group<C>, ...Group<C>[]] {
  const [first, ...others] = split === undefined ? [] : versions(candidates, split);
  const inZone = ({ weight, members }: Group<C>) => ({ weight, members: ofZone(members, known, zone) });
  return first === undefined ? [inZone({ weight: 1, members: candidates })] : [inZone(first), ...others.map(inZone)];
}

function versions<C extends Candidate>(
  candidates: readonly C[],
  split: Readonly<Record<string, number>>,
): readonly Group<C>[] {
  const groups = Object.groupBy(candidates, ({ instance }) => instance.version);
  return Object.entries(split).flatMap(([version, weight]) => {
    const [first, ...others] = groups[version] ?? [];
    return first === undefined || weight === 0 ? [] : [{ weight, members: [first, ...others] }];
  });
}

function ofZone<C extends Candidate>(
  candidates: readonly [C, ...C[]],
  known: readonly Candidate[],
  zone: string,
): readonly [C, ...C[]] {
  if (zone === '') return candidates;
  const [first, ...others] = candidates.filter(({ instance }) => instance.zone === zone);
  const nearKnown = known.filter(({ instance }) => instance.zone === zone);
  return first !== undefined && (others.length + 1) * 2 >= nearKnown.length ? [first, ...others] : candidates;
}
