import { expect, test } from 'vitest';
import { isPooled, observeDatabases } from './database-metrics.ts';
import { createRegistry } from './exposition.ts';

test('shows each pool: in use, idle, waited for, and how large it may be', async () => {
  const registry = createRegistry('');
  const database = { name: 'postgres', database: 'order', pool: () => ({ total: 7, idle: 2, waiting: 3, max: 10 }) };

  expect([database, { name: 'housekeeping' }].map(isPooled)).toEqual([true, false]);
  observeDatabases(registry, [database]);

  const text = await registry.metrics();
  expect(text).toContain('database_connections{database="order",state="used"} 5');
  expect(text).toContain('database_connections{database="order",state="idle"} 2');
  expect(text).toContain('database_connections_waiting{database="order"} 3');
  expect(text).toContain('database_connections_max{database="order"} 10');
});
