import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Caller, expectProblem, type Person } from './client.ts';
import { System } from './system.ts';

const system = new System('processes');
const api = new Caller(() => system.url);
let ada: Person;

beforeAll(async () => {
  await system.start();
  ada = await api.register();
}, 120_000);
afterAll(() => system.remove(), 60_000);

test('while a service is away its routes answer 503, all others go on, and it is found when it is back', async () => {
  const orders = () => api.call('GET /v1/orders', { token: ada.token });
  const pid = system.processes.order ?? 0;

  process.kill(pid, 'SIGKILL');
  const meanwhile = await until(orders, ({ status }) => status !== 200);
  const other = await api.call('GET /v1/users/me', { token: ada.token });
  const afterwards = await until(orders, ({ status }) => status === 200);

  expectProblem(meanwhile, 503, { code: 'unavailable' });
  expect(other.status).toBe(200);
  expect(afterwards.body.orders).toEqual([]);
  expect(system.processes.order).not.toBe(pid);
  expect(system.output).toMatch(/order ended unasked \(SIGKILL\)/);
}, 60_000);

async function until<T>(attempt: () => Promise<T>, good: (outcome: T) => boolean): Promise<T> {
  for (;;) {
    const outcome = await attempt();
    if (good(outcome)) return outcome;
    await delay(20);
  }
}
