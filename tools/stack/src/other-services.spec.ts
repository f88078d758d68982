import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { onOtherServices } from './other-services.ts';

let root: string;
let ended: AbortController;
let calls: number;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'services-'));
  ended = new AbortController();
  calls = 0;
  write('tools/stack/src/services.ts', 'user');
  write('tools/stack/src/plan.ts', 'old');
  write('apps/user/package.json', '{}');
  write('node_modules/.package-lock.json', lockOf('apps/user', 'libs/data'));
  onOtherServices(root, ended.signal, () => (calls += 1));
});
afterEach(() => {
  ended.abort();
  rmSync(root, { recursive: true });
});

test('waits for the packages of a new service', async () => {
  write('tools/stack/src/services.ts', 'user, payments');
  write('apps/payments/package.json', '{}');
  await delay(700);
  const early = calls;

  write('node_modules/.package-lock.json', lockOf('apps/user', 'libs/data', 'apps/payments'));

  await expect.poll(() => calls).toBe(1);
  expect(early).toBe(0);
});

test('does not care for other changes', async () => {
  write('tools/stack/src/plan.ts', 'new');
  await delay(700);

  expect(calls).toBe(0);
});

function lockOf(...packages: string[]): string {
  return JSON.stringify({ packages: Object.fromEntries(packages.map((path) => [path, {}])) });
}

function write(file: string, text: string): void {
  mkdirSync(join(root, file, '..'), { recursive: true });
  writeFileSync(join(root, file), text);
}
