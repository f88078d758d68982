import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { checkEnvFile } from './env-file.ts';

let root = '';

beforeEach(() => (root = mkdtempSync(join(tmpdir(), 'doctor-env-'))));
afterEach(() => rmSync(root, { recursive: true }));

function git(...args: readonly string[]): void {
  execFileSync('git', ['-C', root, ...args], { stdio: 'ignore' });
}

test('a file of secrets that git has is wrong, in whatever folder', async () => {
  git('init');
  mkdirSync(join(root, 'apps/user'), { recursive: true });
  for (const file of ['.env', 'apps/user/.env', '.env.example']) writeFileSync(join(root, file), 'SECRET=1');
  git('add', '.');

  expect(await checkEnvFile(root)).toMatchObject([
    { level: 'wrong', mend: 'git rm --cached .env' },
    { level: 'wrong', mend: 'git rm --cached apps/user/.env' },
  ]);
});

test('a file of secrets that git does not have is fine', async () => {
  git('init');
  writeFileSync(join(root, '.env'), 'SECRET=1');

  expect(await checkEnvFile(root)).toEqual([{ level: 'ok', subject: '.env', found: 'not in git' }]);
});

test('without a repository there is nothing to say', async () => {
  expect(await checkEnvFile(root)).toEqual([]);
});
