import { describe, expect, test } from 'vitest';
import type { Candidate } from './balancer.ts';
import { instanceAt } from './instance.ts';
import { preferred } from './preference.ts';

function candidate(address: string, known: { zone?: string; version?: string }): Candidate {
  return { instance: instanceAt(address, known), weight: 1, cost: 0 };
}

describe('a zone', () => {
  const near = [candidate('a:1', { zone: 'north' }), candidate('b:1', { zone: 'north' })] as const;
  const far = [candidate('c:1', { zone: 'south' })] as const;
  const all = [...near, ...far] as const;

  test('is preferred', () => {
    expect(preferred(all, all, { zone: 'north' })).toEqual(near);
  });

  test('is left when fewer than half of its instances can take calls', () => {
    const three = [...near, candidate('d:1', { zone: 'north' })];
    const [only] = near;

    expect(preferred([only, ...far], [...three, ...far], { zone: 'north' })).toHaveLength(2);
  });

  test('that nobody is in is no preference', () => {
    expect(preferred(all, all, { zone: 'west' })).toEqual(all);
  });
});

describe('a split by version', () => {
  const old = [candidate('a:1', { version: '1' }), candidate('b:1', { version: '1' })] as const;
  const canary = [candidate('c:1', { version: '2' })] as const;
  const all = [...old, ...canary] as const;

  test('gives each version its share, however many instances it has', () => {
    const chosen = Array.from({ length: 4_000 }, () => preferred(all, all, { split: { 1: 90, 2: 10 } }));

    const share = chosen.filter((group) => group.length === 1).length / chosen.length;
    expect(share).toBeGreaterThan(0.07);
    expect(share).toBeLessThan(0.13);
  });

  test('gives the rest all of it when a version is away', () => {
    expect(preferred(old, all, { split: { 1: 90, 2: 10 } })).toEqual(old);
  });

  test('gives a version without a share none', () => {
    expect(preferred(all, all, { split: { 1: 1 } })).toEqual(old);
  });

  test('is none when no version that it names is there', () => {
    expect(preferred(all, all, { split: { 3: 1 } })).toEqual(all);
  });
});
