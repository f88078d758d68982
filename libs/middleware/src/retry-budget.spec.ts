import { expect, test } from 'vitest';
import { RetryBudget } from './retry-budget.ts';

test('a budget saves up to its maximum, and pays for a share of the calls after that', () => {
  const budget = new RetryBudget({ ratio: 0.25, max: 2 });
  const spend = (): number => Array.from({ length: 10 }).filter(() => budget.withdraw()).length;

  const saved = spend();
  for (let call = 0; call < 4; call++) budget.deposit();
  const earned = spend();
  for (let call = 0; call < 100; call++) budget.deposit();

  expect(saved).toBe(2);
  expect(earned).toBe(1);
  expect(budget.left).toBe(2);
});
