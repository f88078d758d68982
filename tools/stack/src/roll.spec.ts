import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { chosen, roll } from './roll.ts';
import { System } from './system.ts';
import { program, reported, serving } from './testing/programs.ts';

describe('roll', () => {
  const systems: System[] = [];
  let folder = '';

  beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'ko-roll-'))));

  afterEach(async () => {
    rmSync(folder, { recursive: true });
    for (const system of systems) system.kill();
    await Promise.all(systems.splice(0).map((system) => system.stop()));
  });

  test('replaces one process after the other, each when the one before serves', async () => {
    const { system, instances, told } = await systemOf({ 'user.1': serving, 'user.2': serving, gateway: serving });
    const before = instances.map(({ name }) => system.pid(name));
    const steps: string[] = [];

    await roll(system, instances, { settle: 0, told: (text) => steps.push(text) });

    const after = instances.map(({ name }) => system.pid(name));
    expect(after.every((pid, index) => pid !== undefined && pid !== before[index])).toBe(true);
    expect(told.crashes).toEqual([]);
    expect(steps).toEqual([
      'user.1 stops',
      expect.stringMatching(/^user\.1 serves again \(stopped in \d+\.\d s, back in \d+\.\d s; 1 of 3\)$/),
      'user.2 stops',
      expect.stringMatching(/^user\.2 serves again/),
      'gateway stops, and there is no other one meanwhile',
      expect.stringMatching(/^gateway serves again/),
    ]);
  });

  test('touches no other process when one does not come back', async () => {
    const mark = join(folder, 'started');
    const onlyOnce = `
      const { existsSync, writeFileSync } = require('node:fs');
      if (existsSync('${mark}')) process.exit(78);
      writeFileSync('${mark}', ''); ${serving}`;
    const { system, instances } = await systemOf({ 'user.1': onlyOnce, 'user.2': serving });
    const other = system.pid('user.2');

    await expect(roll(system, instances, { settle: 0 })).rejects.toThrow('user.1 does not start any more');

    expect(system.pid('user.2')).toBe(other);
  });

  test('waits for a process that crashes on its way back', async () => {
    const mark = join(folder, 'starts');
    const secondFails = `
      const { appendFileSync, readFileSync } = require('node:fs');
      appendFileSync('${mark}', '.');
      if (readFileSync('${mark}').length === 2) process.exit(1);
      ${serving}`;
    const { system, instances, told } = await systemOf({ 'user.1': secondFails, 'user.2': serving });
    const steps: string[] = [];

    await roll(system, instances, { settle: 0, told: (text) => steps.push(text) });

    expect(steps).toHaveLength(4);
    expect(told.crashes).toEqual([['user.1', 'exit code 1', 1]]);
  });

  test('ends after the process that it is at when nobody wants it any more', async () => {
    const { system, instances } = await systemOf({ 'user.1': serving, 'user.2': serving });
    const before = instances.map(({ name }) => system.pid(name));
    const unwanted = new AbortController();

    const rolling = roll(system, instances, { settle: 0, signal: unwanted.signal, told: () => unwanted.abort() });

    await expect(rolling).rejects.toThrow('the roll has ended before user.2');
    expect(system.pid('user.1')).not.toBe(before[0]);
    expect(system.pid('user.2')).toBe(before[1]);
  });

  test('ends when the system stops', async () => {
    const instances = [await program('user.1', 'setInterval(() => {}, 1000)')];
    const system = new System(instances, reported().report);
    systems.push(system);

    const rolling = expect(roll(system, instances)).rejects.toThrow('the system stops');
    await system.stop();

    await rolling;
  });

  async function systemOf(sources: Readonly<Record<string, string>>) {
    const { told, report } = reported();
    const instances = await Promise.all(Object.entries(sources).map(([name, source]) => program(name, source)));
    const system = new System(instances, report, { backoff: 1 });
    systems.push(system);
    await system.start();
    return { system, instances, told };
  }
});

describe('chosen', () => {
  const all = [
    { name: 'user.1', service: 'user' },
    { name: 'user.2', service: 'user' },
    { name: 'gateway', service: 'gateway' },
  ];

  test.each([
    [[], ['user.1', 'user.2', 'gateway']],
    [
      ['gateway', 'user'],
      ['user.1', 'user.2', 'gateway'],
    ],
    [['user.2'], ['user.2']],
  ])('takes %j for %j', (names, meant) => {
    expect(chosen(all, names).map(({ name }) => name)).toEqual(meant);
  });

  test('names what there is when it does not know a name', () => {
    expect(() => chosen(all, ['order'])).toThrow(
      "nothing here is called 'order': there are user, user.1, user.2, gateway",
    );
  });
});
