import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { get, type IncomingMessage } from 'node:http';
import { join } from 'node:path';
import { json } from 'node:stream/consumers';
import { setTimeout as delay } from 'node:timers/promises';
import { freePorts } from '@ko/discovery/testing';
import { createContext } from '@ko/endpoint';
import Fastify from 'fastify';
import { describe, expect, onTestFinished, test } from 'vitest';
import { httpComponent } from './http-component.ts';

const { log } = createContext();

describe.skipIf(process.platform !== 'linux')('processes that listen on one port', () => {
  test('get connections both, and when one stops no request is refused or lost', async () => {
    const [port = 0] = await freePorts(1);
    const [first, second] = [startGreeter(port), startGreeter(port)];
    const load = new Load(port);
    await expect.poll(() => load.served.size, { timeout: 20_000 }).toBe(2);

    first.kill('SIGTERM');
    await once(first, 'exit');
    const before = load.served.get(second.pid ?? 0) ?? 0;
    await expect.poll(() => load.served.get(second.pid ?? 0)).toBeGreaterThan(before);
    await load.stop();

    expect(first.exitCode).toBe(0);
    expect([...load.served.keys()].toSorted()).toEqual([first.pid, second.pid].toSorted());
    expect(load.failures.filter((code) => code !== 'ECONNRESET')).toEqual([]);
    expect(load.lost).toBe(0);
  }, 45_000);

  test('have all to say that they share it', async () => {
    const server = (address: string, reusePort: boolean) =>
      httpComponent('http', Fastify(), { address, log, reusePort });
    const sharing = server('127.0.0.1:0', true);
    await sharing.start?.();
    onTestFinished(async () => sharing.stop?.());

    await expect(server(sharing.address, false).start?.()).rejects.toThrow('is in use by another process');
  });
});

function startGreeter(port: number): ChildProcess {
  const file = join(import.meta.dirname, 'testing/greeter-process.ts');
  const greeter = spawn(process.execPath, [file, `127.0.0.1:${port}`], { stdio: 'inherit' });
  onTestFinished(() => void greeter.kill('SIGKILL'));
  return greeter;
}

/** Asks all the time, each time over a new connection; what was cut off is asked once more, as browsers and proxies do. */
class Load {
  /** Answers, by the process that gave them. */
  readonly served = new Map<number, number>();
  /** Why connections failed, since the first answer. */
  readonly failures: string[] = [];
  lost = 0;
  #isOver = false;
  readonly #callers: readonly Promise<void>[];

  constructor(port: number) {
    this.#callers = Array.from({ length: 8 }, async () => {
      while (!this.#isOver) await this.#ask(port);
    });
  }

  async stop(): Promise<void> {
    this.#isOver = true;
    await Promise.all(this.#callers);
  }

  async #ask(port: number): Promise<void> {
    if ((await this.#attempt(port)) || (await this.#attempt(port))) return;
    if (this.served.size > 0) this.lost++;
    else await delay(20); // Nobody listens yet.
  }

  async #attempt(port: number): Promise<boolean> {
    try {
      const pid = await processAt(port);
      this.served.set(pid, (this.served.get(pid) ?? 0) + 1);
      return true;
    } catch (error) {
      if (this.served.size > 0) this.failures.push(error instanceof Error && 'code' in error ? String(error.code) : '');
      return false;
    }
  }
}

async function processAt(port: number): Promise<number> {
  const request = get({ host: '127.0.0.1', port, agent: false });
  const [response] = (await once(request, 'response')) as [IncomingMessage];
  const { pid } = (await json(response)) as { readonly pid: number }; // the greeter says nothing else
  return pid;
}
