import { expect, test } from 'vitest';
import { compare } from './check.ts';
import type { Results } from './results.ts';
import { slice } from './testing/slice.ts';

test('what is as fast as it was holds', () => {
  expect(compare(resultsOf([15, 15, 15]), resultsOf([15, 16, 15]))).toEqual([
    { text: 'gateway, multiplexed', was: 1.5, is: 1.5, holds: true },
  ]);
});

test('a few rounds that went wrong are noise', () => {
  expect(compare(resultsOf([15, 15, 15, 15]), resultsOf([15, 15, 90, 90]))).toMatchObject([{ holds: true }]);
});

test('what is slower in most rounds does not hold', () => {
  expect(compare(resultsOf([15, 15, 15]), resultsOf([20, 21, 20]))).toMatchObject([{ is: 2, holds: false }]);
});

test('what was never measured is not compared', () => {
  expect(compare({}, resultsOf([15]))).toEqual([]);
});

function resultsOf(times: readonly number[]): Results {
  const slices = times.flatMap((time, index) => [
    slice('ko', index + 1, time),
    slice('Fastify with JWT', index + 1, 10),
  ]);
  return { get: { slices, figures: {}, notes: [] } };
}
