import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { checkDisk, checkMemory, freeDisk, memoryOfMachine } from './machine.ts';

const gib = 2 ** 30;

describe('memory', () => {
  test('of this machine makes sense', () => {
    const { available = 1, total } = memoryOfMachine();

    expect(available).toBeGreaterThan(0);
    expect(total).toBeGreaterThanOrEqual(available);
  });

  test('that is enough is fine', () => {
    expect(checkMemory({ available: 2 * gib, total: 4 * gib })).toEqual([
      { level: 'ok', subject: 'memory', found: '2.0 GiB of 4.0 GiB available' },
    ]);
  });

  test('that is scarce is a warning with the way to need less', () => {
    const [finding] = checkMemory({ available: gib, total: 4 * gib });

    expect(finding).toMatchObject({ level: 'warning' });
    expect(finding?.found).toContain('1.0 GiB of 4.0 GiB');
    expect(finding?.mend).toContain('npm start -- --monolith');
  });

  test.each([
    [2, 'warning'],
    [8, 'ok'],
  ])('of a system that does not tell what is available is judged by its size: %i GiB is %s', (size, level) => {
    expect(checkMemory({ available: undefined, total: size * gib })).toMatchObject([{ level }]);
  });
});

describe('disk', () => {
  test('is looked at where the folder will be', async () => {
    expect(await freeDisk(join(tmpdir(), 'not-there/nor-this'))).toBeGreaterThan(0);
  });

  test.each([
    [2, 'ok'],
    [0.5, 'warning'],
    [0.05, 'wrong'],
  ])('with %d GiB left is %s', (free, level) => {
    expect(checkDisk('/data', free * gib)).toMatchObject([{ level, subject: 'disk' }]);
  });

  test('without room says which, and how to use another one', () => {
    const [finding] = checkDisk('/data', 0);

    expect(finding).toMatchObject({ found: '0.0 GiB free for the data in /data' });
    expect(finding?.mend).toContain('npm start -- --data');
  });
});
