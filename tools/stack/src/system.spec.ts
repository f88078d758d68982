import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import type { RestartPolicy } from './supervised-process.ts';
import { System } from './system.ts';
import { isAlive, program, reported, serving, stubborn } from './testing/programs.ts';

describe('a system', () => {
  const systems: System[] = [];

  afterEach(async () => {
    for (const system of systems) system.kill();
    await Promise.all(systems.splice(0).map((system) => system.stop()));
  });

  test('has started when all of its processes serve', async () => {
    const { system, told } = await systemOf({ one: serving, two: serving });

    expect(await system.start()).toEqual([]);

    expect(Object.keys(told.running)).toEqual(['one', 'two']);
    expect(told.news.toSorted()).toEqual([
      expect.stringMatching(/^one serves \(\d+\.\d s\)$/),
      expect.stringMatching(/^two serves/),
    ]);
  });

  test('goes on without a process that keeps crashing, and names it', async () => {
    const { system, told } = await systemOf({ good: serving, bad: 'process.exit(2)' }, { backoff: 1, limit: 2 });

    expect(await system.start()).toEqual(['bad']);

    expect(Object.keys(told.running)).toEqual(['good']);
    expect(told.crashes).toEqual([
      ['bad', 'exit code 2', 1],
      ['bad', 'exit code 2', undefined],
    ]);
  });

  test('stops one process after the other, the last first', async () => {
    const { system, told } = await systemOf({ one: serving, two: serving, three: serving });
    await system.start();
    told.news.splice(0);

    await system.stop();

    expect(told.news.map((text) => text.split(' ')[0])).toEqual(['three', 'two', 'one']);
  });

  test('stops the instances of a service at once', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'ko-system-'));
    const waitsForOthers = `
      const { readdirSync, writeFileSync } = require('node:fs');
      process.on('SIGTERM', () => {
        writeFileSync('${folder}/' + process.pid, '');
        setInterval(() => readdirSync('${folder}').length === 3 && process.exit(), 20);
      });
      ${serving}`;
    const { system, told } = await systemOf({
      'one.1': waitsForOthers,
      'one.2': waitsForOthers,
      'one.3': waitsForOthers,
    });
    await system.start();

    await system.stop();

    rmSync(folder, { recursive: true });
    expect(told.killed).toBe(false);
  });

  test('leaves a process that was halted alone until it is launched', async () => {
    const { system, told } = await systemOf({ one: serving, two: serving });
    await system.start();

    await system.halt('one');
    const halted = told.running;
    system.launch('one');
    await system.serving('one', 10_000);

    expect(Object.keys(halted)).toEqual(['two']);
    expect(told.crashes).toEqual([]);
    expect(system.pid('one')).toBe(told.running.one);
  });

  test('says so when a process does not serve in time, or is given up', async () => {
    const { system } = await systemOf({ silent: 'setInterval(() => {}, 1000)', bad: 'process.exit(78)' });
    void system.start();

    await expect(system.serving('silent', 200)).rejects.toThrow('silent does not serve after 0.2 s');
    await expect(system.serving('bad', 10_000)).rejects.toThrow('bad does not start any more');
    expect(() => system.launch('good')).toThrow("nothing here is called 'good': there are silent, bad");
  });

  test('ends all at once when there is no time to stop', async () => {
    const { system, told } = await systemOf({ one: stubborn, two: stubborn });
    await system.start();

    const stopping = system.stop();
    system.kill();
    await stopping;

    expect(told.killed).toBe(false);
    expect(Object.values(told.running).filter(isAlive)).toEqual([]);
  });

  test('tells the process ids anew after a restart', async () => {
    const { system, told } = await systemOf({ one: serving });
    await system.start();
    const { one } = told.running;

    await system.restart('one');

    await expect.poll(() => told.running.one, { timeout: 10_000 }).not.toBe(one);
    await expect.poll(() => told.news, { timeout: 10_000 }).toHaveLength(2);
  });

  async function systemOf(sources: Readonly<Record<string, string>>, policy: RestartPolicy = {}) {
    const { told, report } = reported();
    const programs = await Promise.all(Object.entries(sources).map(([name, source]) => program(name, source)));
    const system = new System(programs, report, policy);
    systems.push(system);
    return { system, told };
  }
});
