import { expect, test } from 'vitest';
import { CallTable } from './call-table.ts';

test('finds calls by their numbers, also where these are far apart or fall together', () => {
  const table = new CallTable<{ readonly id: number }>();
  const calls = [1, 257, 513, 2, 2 ** 32 - 1].map((id) => ({ id }));
  for (const call of calls) table.add(call);
  const [first, second, third] = calls;

  const left = first === undefined || [table.delete(first), table.delete(first)];

  expect(left).toEqual([true, false]);
  expect([1, 257, 513, 2, 2 ** 32 - 1, 3].map((id) => table.get(id))).toEqual([
    undefined,
    second,
    third,
    calls[3],
    calls[4],
    undefined,
  ]);
  expect(table.size).toBe(4);
  expect(table.toArray()).toHaveLength(4);
});
