import { expect, test } from 'vitest';
import { mostStatements, statementNames } from './statement-names.ts';

test('a statement has the same name each time, whoever names it, and no other has it', () => {
  const nameOf = statementNames();

  expect(nameOf({ sql: 'SELECT 1' })).toBe(nameOf({ sql: 'SELECT 1' }));
  expect(nameOf({ sql: 'SELECT 1' })).toBe(statementNames()({ sql: 'SELECT 1' }));
  expect(nameOf({ sql: 'SELECT 2' })).not.toBe(nameOf({ sql: 'SELECT 1' }));
});

test('only so many have one, and none is longer than Postgres reads', () => {
  const nameOf = statementNames();

  const names = Array.from({ length: mostStatements + 1 }, (_, n) => nameOf({ sql: `SELECT ${n}` }));

  expect(names.filter((name) => name !== '')).toHaveLength(mostStatements);
  expect(names.at(-1)).toBe('');
  expect(Math.max(...names.map(({ length }) => length))).toBeLessThan(64);
  expect(nameOf({ sql: 'SELECT 0' })).toBe(names[0]);
});
