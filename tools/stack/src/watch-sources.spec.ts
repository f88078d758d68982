import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { watchSources } from './watch-sources.ts';

describe('watchSources', () => {
  let folder = '';
  let end = new AbortController();
  let changes: string[] = [];

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'ko-watch-'));
    mkdirSync(join(folder, 'src'));
    changes = [];
    end = new AbortController();
    watchSources([folder], end.signal, (file) => changes.push(file));
    await delay(50); // What happened before is still on its way.
  });

  afterEach(() => {
    end.abort();
    rmSync(folder, { recursive: true });
  });

  test('tells once of many changes at once, also below', async () => {
    for (const name of ['a', 'b', 'c']) writeFileSync(join(folder, `src/${name}.ts`), '');

    await expect.poll(() => changes).toEqual([join(folder, 'src/c.ts')]);
  });

  test('does not care for tests and what is no source', async () => {
    writeFileSync(join(folder, 'src/a.spec.ts'), '');
    writeFileSync(join(folder, 'README.md'), '');
    await delay(300);
    expect(changes).toEqual([]);

    writeFileSync(join(folder, 'src/a.ts'), '');
    await expect.poll(() => changes).toEqual([join(folder, 'src/a.ts')]);
  });

  test('is silent after its end, also of what happened before', async () => {
    writeFileSync(join(folder, 'src/a.ts'), '');
    await delay(50);

    end.abort();

    await delay(300);
    expect(changes).toEqual([]);
  });
});
