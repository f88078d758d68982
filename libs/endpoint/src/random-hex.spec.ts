import { expect, test } from 'vitest';
import { randomHex } from './random-hex.ts';

test('has as many digits as are asked for, and never the same', () => {
  const ids = Array.from({ length: 2_000 }, () => randomHex(32));

  for (const id of ids) expect(id).toMatch(/^[\da-f]{32}$/);
  expect(new Set(ids).size).toBe(2_000);
  expect(randomHex(16_384)).toHaveLength(16_384);
});
