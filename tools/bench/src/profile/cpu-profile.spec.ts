import { describe, expect, test } from 'vitest';
import { timeSpent, type CpuProfile } from './cpu-profile.ts';

describe('timeSpent', () => {
  test('sums up by function and by group, but for waiting', () => {
    const profile = profileOf([
      ['(idle)', '', 1_000],
      ['onRequest', 'file:///repo/node_modules/fastify/lib/route.js', 5],
      ['lookup', 'file:///repo/node_modules/find-my-way/index.js', 6],
      ['parse', 'node:_http_server', 7],
      ['next', 'file:///repo/libs/endpoint/src/middleware.ts', 8],
      ['(garbage collector)', '', 9],
      ['(program)', '', 1],
    ]);

    expect(timeSpent(profile)).toEqual({
      groups: [
        ['Fastify', 11],
        ['garbage collection', 9],
        ['libs/endpoint', 8],
        ['Node: http and sockets', 7],
        ['V8 and the system', 1],
      ],
      functions: [
        ['(garbage collector)', 9],
        ['next libs/endpoint/src/middleware.ts:1', 8],
        ['parse node:_http_server:1', 7],
        ['lookup find-my-way/index.js:1', 6],
        ['onRequest fastify/lib/route.js:1', 5],
        ['(program)', 1],
      ],
    });
  });

  test('counts a function without a source for its caller', () => {
    const { nodes, ...profile } = profileOf([
      ['send', 'node:net', 5],
      ['writeBuffer', '', 7],
    ]);
    const [caller, callee] = nodes;
    const called = { ...profile, nodes: [{ ...caller, children: [2] }, callee] } as CpuProfile; // both are there

    expect(timeSpent(called).groups).toEqual([['Node: http and sockets', 12]]);
  });
});

function profileOf(
  functions: readonly (readonly [functionName: string, url: string, microseconds: number])[],
): CpuProfile {
  return {
    nodes: functions.map(([functionName, url], index) => ({
      id: index + 1,
      callFrame: { functionName, url, lineNumber: 0 },
    })),
    samples: functions.map((_, index) => index + 1),
    timeDeltas: functions.map(([, , microseconds]) => microseconds),
  };
}
