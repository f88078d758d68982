import { expect, test } from 'vitest';
import { claims } from './claims.ts';
import { slice } from './testing/slice.ts';

const nothing = { slices: [], figures: {}, notes: [] };

test('claims hold when their median is within what is wanted', () => {
  const slices = [1, 2, 3].flatMap((round) => [slice('ko', round, 17), slice('Fastify with JWT', round, 10)]);
  const found = claims({
    get: { ...nothing, slices },
    start: { ...nothing, figures: { 'user: ready, s': 0.5, 'order: ready, s': 0.7 } },
    'two-gateways': { ...nothing, figures: { 'times as many requests': 1.9 } },
  });

  expect(found.filter(({ measured }) => measured !== undefined)).toEqual([
    { text: 'gateway CPU per GET / Fastify with JWT', target: '≤ 1.8', measured: 1.7, holds: true },
    { text: 'slowest process: s from start to ready', target: '≤ 0.6', measured: 0.7, holds: false },
    { text: 'requests of two gateways on one port / of one', target: '≥ 1.8', measured: 1.9, holds: true },
  ]);
});

test('what was not measured does not hold', () => {
  expect(claims({}).some(({ holds }) => holds)).toBe(false);
});
