import { ConformanceService } from '@ko/contracts/conformance';
import { createContext } from '@ko/endpoint';
import { describe, expect, test } from 'vitest';
import type { Balancer, Call, Candidate } from '../balancer.ts';
import { instanceAt } from '../instance.ts';
import { consistentHash } from './consistent-hash.ts';
import { leastLoaded } from './least-loaded.ts';
import { random } from './random.ts';
import { roundRobin } from './round-robin.ts';

const method = ConformanceService.method.echo;

function candidate(address: string, { weight = 1, cost = 0 } = {}): Candidate {
  return { instance: instanceAt(address), weight, cost };
}

function callFor(key: string): Call {
  return { method, request: {}, context: createContext({ peer: key }) };
}

/** How often each of the candidates is picked in so many calls. */
function picks(balancer: Balancer, candidates: readonly [Candidate, ...Candidate[]], calls: number) {
  const counts = new Map<string, number>();
  for (let call = 0; call < calls; call++) {
    const { address } = balancer(candidates, callFor(String(call))).instance;
    counts.set(address, (counts.get(address) ?? 0) + 1);
  }
  return candidates.map(({ instance }) => counts.get(instance.address) ?? 0);
}

const byPeer = () => consistentHash(({ context }) => context.peer);

describe.each([
  ['round robin', roundRobin],
  ['random', random],
  ['least loaded', leastLoaded],
  ['consistent hash', byPeer],
])('%s', (_, make) => {
  test('takes the only one', () => {
    const only = candidate('a:1');

    expect(make()([only], callFor('x'))).toBe(only);
  });

  test('uses all of equal ones', () => {
    const counts = picks(make(), [candidate('a:1'), candidate('b:1'), candidate('c:1')], 3_000);

    for (const count of counts) expect(count).toBeGreaterThan(700);
  });
});

describe.each([
  ['round robin', roundRobin],
  ['random', random],
  ['consistent hash', byPeer],
])('%s', (_, make) => {
  test('gives each a share by its weight', () => {
    const [light = 0, heavy = 0] = picks(make(), [candidate('a:1'), candidate('b:1', { weight: 3 })], 8_000);

    expect(heavy / light).toBeGreaterThan(2.5);
    expect(heavy / light).toBeLessThan(3.6);
  });
});

test('round robin spreads the turns of the heavy one', () => {
  const balancer = roundRobin();
  const candidates = [candidate('a:1', { weight: 3 }), candidate('b:1')] as const;

  const order = Array.from({ length: 8 }, () => balancer(candidates, callFor('x')).instance.address);

  expect(order).toEqual(['a:1', 'a:1', 'b:1', 'a:1', 'a:1', 'a:1', 'b:1', 'a:1']);
});

test('least loaded leaves the busiest of three alone', () => {
  const [fast = 0, slow = 0, other = 0] = picks(
    leastLoaded(),
    [candidate('fast:1', { cost: 5 }), candidate('slow:1', { cost: 2_000 }), candidate('other:1', { cost: 6 })],
    3_000,
  );

  expect(slow).toBe(0);
  expect(Math.min(fast, other)).toBeGreaterThan(500);
});

describe('consistent hash', () => {
  const four = [candidate('a:1'), candidate('b:1'), candidate('c:1'), candidate('d:1')] as const;
  const keys = Array.from({ length: 1_000 }, (_, index) => `client ${index}`);
  const owners = (candidates: readonly [Candidate, ...Candidate[]]) =>
    keys.map((key) => byPeer()(candidates, callFor(key)).instance.address);

  test('takes the same instance for the same key, in whatever order they stand', () => {
    expect(owners([four[3], four[1], four[0], four[2]])).toEqual(owners(four));
  });

  test('moves only the keys of an instance that goes', () => {
    const before = owners(four);
    const after = owners([four[0], four[1], four[2]]);

    const moved = keys.filter((_, index) => before[index] !== after[index]);
    expect(moved).toEqual(keys.filter((_, index) => before[index] === 'd:1'));
  });

  test('sends calls without a key anywhere', () => {
    const anywhere = consistentHash(() => undefined);

    expect(Math.min(...picks(anywhere, four, 2_000))).toBeGreaterThan(300);
  });
});
