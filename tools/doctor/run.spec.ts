import { expect, test } from 'vitest';
import type { Finding } from './finding.ts';
import { runChecks } from './run.ts';

const fine: Finding = { level: 'ok', subject: 'b', found: 'fine' };

test('the findings come in the order of the checks, whichever ends first', async () => {
  const first: Finding = { ...fine, subject: 'a' };
  const later = Promise.withResolvers<readonly Finding[]>();
  const checks = [
    { name: 'a', run: () => later.promise },
    { name: 'b', run: async () => Promise.resolve([fine]).finally(() => later.resolve([first])) },
  ];

  expect(await runChecks(checks)).toEqual([first, fine]);
});

test('a check that fails is wrong, and keeps no other from its work', async () => {
  const fail = () => Promise.reject(new Error('no such module\n  at line 1'));

  const findings = await runChecks([
    { name: 'a', run: fail },
    { name: 'b', run: async () => [fine] },
  ]);

  expect(findings).toEqual([
    expect.objectContaining({ level: 'wrong', subject: 'a', found: 'cannot be checked: no such module' }),
    fine,
  ]);
});

test('nobody waits for a check that hangs', async () => {
  const hang = () => new Promise<never>(() => {});

  const findings = await runChecks([{ name: 'a', run: hang }], { within: 10 });

  expect(findings).toMatchObject([{ level: 'wrong', found: 'cannot be checked: no answer within 0.01 s' }]);
});
