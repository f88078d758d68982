import { expect, test } from 'vitest';
import { sharedOut } from './rounds.ts';

test('rounds are shared out among starts, none of which has nothing to do', () => {
  expect(sharedOut(8, 4)).toEqual([2, 2, 2, 2]);
  expect(sharedOut(7, 3)).toEqual([2, 2, 3]);
  expect(sharedOut(2, 4)).toEqual([1, 1]);
});
