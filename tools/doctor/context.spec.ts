import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { SystemFile } from '../stack/src/system-file.ts';
import { readContext } from './context.ts';

let root = '';

beforeEach(() => (root = mkdtempSync(join(tmpdir(), 'doctor-context-'))));
afterEach(() => rmSync(root, { recursive: true }));

test('the file .env adds to the environment, as it does for a start', () => {
  writeFileSync(join(root, '.env'), 'REGISTRY_URL=consul://file\nUSER_URL="static:file:1"\n');

  const { environment, inEnvFile } = readContext(root, [], { REGISTRY_URL: 'consul://process' });

  expect(environment).toEqual({ REGISTRY_URL: 'consul://process', USER_URL: 'static:file:1' });
  expect([...inEnvFile]).toEqual(['USER_URL']);
});

test('the system that runs is the one of the data folder', () => {
  const file = new SystemFile(join(root, 'data'));
  file.update({ ready: true });

  expect(readContext(root, [], {}).system).toBeUndefined();
  expect(readContext(root, ['--data', 'data'], {}).system).toMatchObject({ pid: process.pid, ready: true });
  file.remove();
});

test('options that npm start does not know are refused', () => {
  expect(() => readContext(root, ['--prot', '9000'], {})).toThrow("Unknown option '--prot'");
});
