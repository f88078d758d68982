import { expect, test } from 'vitest';
import { databaseFindings } from './database-findings.ts';

const fine = { pending: [], failed: [], edited: [], foreign: [], drift: undefined };
const url = 'postgresql://ada:s3cret@db:5432/user?sslmode=require&sslpassword=s3cret';

test('what a system lacks that runs is wrong, and does not wait for a start', () => {
  const [pending] = databaseFindings({ ...fine, pending: ['1_init', '2_more'] }, { name: 'user', runs: true, url });
  const [missing] = databaseFindings(undefined, { name: 'user', runs: true, url });

  expect(pending).toMatchObject({ level: 'wrong', found: 'lacks the migrations 1_init, 2_more' });
  expect(pending?.mend).toContain('npx prisma migrate deploy');
  expect(missing).toMatchObject({ level: 'wrong', mend: 'stop the system, then npm start' });
});

test('the command that mends it has all but the passwords', () => {
  const [finding] = databaseFindings({ ...fine, drift: '[+] Added tables' }, { name: 'user', runs: true, url });

  expect(finding?.mend).toBe(
    "cd apps/user && DATABASE_URL='postgresql://ada:PASSWORD@db:5432/user?sslmode=require&sslpassword=PASSWORD' npx prisma migrate dev",
  );
});
