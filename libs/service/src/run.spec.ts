import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { createContext } from '@ko/endpoint';
import { describe, expect, test } from 'vitest';
import { run, type Component } from './run.ts';

const { log } = createContext();

function component(name: string, events: string[], overrides: Partial<Component> = {}): Component {
  return {
    name,
    start: () => Promise.resolve(void events.push(`${name} starts`)),
    stop: () => Promise.resolve(void events.push(`${name} stops`)),
    ...overrides,
  };
}

describe('run', () => {
  test('starts in order, stops in the reverse order, and ends well', async () => {
    const events: string[] = [];

    const code = await run([component('database', events), component('server', events)], {
      log,
      budget: 1_000,
      stopped: Promise.resolve('SIGTERM'),
    });

    expect(events).toEqual(['database starts', 'server starts', 'server stops', 'database stops']);
    expect(code).toBe(0);
  });

  test('stops what has started when something cannot start, and says that it failed', async () => {
    const events: string[] = [];
    const broken = component('server', events, { start: () => Promise.reject(new Error('the port is taken')) });

    const code = await run([component('database', events), broken, component('never', events)], {
      log,
      budget: 1_000,
      exit: () => {},
    });

    expect(events).toEqual(['database starts', 'database stops']);
    expect(code).toBe(1);
  });

  test('stops the others when one fails to stop', async () => {
    const events: string[] = [];
    const broken = component('server', events, { stop: () => Promise.reject(new Error('stuck')) });

    const code = await run([component('database', events), broken], {
      log,
      budget: 1_000,
      stopped: Promise.resolve('SIGTERM'),
      exit: () => {},
    });

    expect(events).toContain('database stops');
    expect(code).toBe(1);
  });

  test('does not wait longer than the budget for one that hangs, and ends the process with it', async () => {
    const events: string[] = [];
    const ended = Promise.withResolvers<number>();
    const hanging = component('server', events, { stop: () => new Promise(() => undefined) });

    const code = await run([component('database', events), hanging], {
      log,
      budget: 20,
      stopped: Promise.resolve('SIGTERM'),
      exit: ended.resolve,
    });

    expect(events).toContain('database stops');
    expect([code, await ended.promise]).toEqual([1, 1]);
  });

  test('ends though something keeps the process going', async () => {
    const program = `
      import { run } from ${JSON.stringify(path.join(import.meta.dirname, 'run.ts'))};
      const log = { debug() {}, info() {}, warn() {}, error() {}, child: () => log };
      const lingering = { name: 'lingering', start: async () => void setInterval(() => {}, 1_000) };
      const ready = { name: 'ready', start: async () => void process.stdout.write('ready') };
      process.exitCode = await run([lingering, ready], { log, budget: 5_000 });
    `;
    const child = spawn(process.execPath, ['--input-type=module', '--eval', program], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    await once(child.stdout, 'data');

    child.kill('SIGTERM');

    expect(await once(child, 'exit')).toEqual([0, null]);
  });
});
