import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { expect, onTestFinished, test } from 'vitest';
import { gathering } from './gathering.ts';

/** A stream that gathers twenty characters, and what it has written. */
function gatherer(patience: number) {
  const folder = mkdtempSync(join(tmpdir(), 'gathering-'));
  const path = join(folder, 'lines');
  const dest = openSync(path, 'w');
  const stream = gathering({ dest, room: 20, patience });
  onTestFinished(() => {
    closeSync(dest);
    rmSync(folder, { recursive: true });
  });
  return { stream, written: () => readFileSync(path, 'utf8') };
}

test('writes when it has enough, and not before', async () => {
  const { stream, written } = gatherer(60_000);

  stream.write('123456789\n');
  await delay(20);
  expect(written()).toBe('');

  stream.write('123456789\n');
  expect(written()).toBe('123456789\n123456789\n');
  stream.write('1\n');
  expect(written()).toBe('123456789\n123456789\n');
});

test('writes any text as UTF-8', () => {
  const { stream, written } = gatherer(60_000);

  stream.write('€äß\n');
  stream.write('😀\n');
  stream.flushSync();

  expect(written()).toBe('€äß\n😀\n');
});

test('writes after a while, though it is not enough', async () => {
  const { stream, written } = gatherer(5);

  stream.write('1\n');

  await expect.poll(written).toBe('1\n');
  stream.write('2\n');
  await expect.poll(written).toBe('1\n2\n');
});

test('writes at once when it is told to', async () => {
  const { stream, written } = gatherer(60_000);

  stream.write('1\n');
  stream.flushSync();
  expect(written()).toBe('1\n');

  stream.write('2\n');
  await new Promise<void>((resolve) => stream.flush(() => resolve()));
  await expect.poll(written).toBe('1\n2\n');
});
