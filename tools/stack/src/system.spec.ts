import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import type { PlannedProgram } from './plan.ts';
import type { RestartPolicy } from './supervised-process.ts';
import { System } from './system.ts';

const serving = `
  const server = require('node:http').createServer((request, response) => response.end());
  server.listen(Number(process.env.PORT), '127.0.0.1');`;
const stubborn = `process.on('SIGTERM', () => {}); ${serving}`;

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

    await expect.poll(() => told.running.one).not.toBe(one);
    await expect.poll(() => told.news).toHaveLength(2);
  });

  async function systemOf(sources: Readonly<Record<string, string>>, policy: RestartPolicy = {}) {
    const told = {
      news: [] as string[],
      crashes: [] as unknown[],
      running: {} as Readonly<Record<string, number>>,
      killed: false,
    };
    const programs = await Promise.all(Object.entries(sources).map(([name, source]) => program(name, source)));
    const system = new System(
      programs,
      {
        line() {},
        news: (text) => {
          told.news.push(text);
          told.killed ||= text.includes('killed');
        },
        crashed: (name, how, _lastLines, restartIn) => told.crashes.push([name, how, restartIn]),
        running: (pids) => (told.running = pids),
      },
      policy,
    );
    systems.push(system);
    return { system, told };
  }
});

async function program(name: string, source: string): Promise<PlannedProgram> {
  const port = await freePort();
  const readyUrl = `http://127.0.0.1:${port}/readyz`;
  return { name, args: ['--eval', source], env: { PORT: String(port) }, readyUrl, sources: [] };
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo; // a TCP server that listens has no other kind of address
  await once(server.close(), 'close');
  return port;
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
