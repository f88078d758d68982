import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { expectProblem, type Caller } from './client.ts';
import type { System } from './system.ts';

/** What happens while a process of the system is away. */
export function outages(system: System, api: Caller): void {
  describe('outages', () => {
    test('while a service is away its routes answer 503, all others go on, and it is found when it is back', async () => {
      const { token } = await api.register();
      const orders = () => api.call('GET /v1/orders', { token });
      const pid = system.processes.order ?? 0;

      process.kill(pid, 'SIGKILL');
      const meanwhile = await until(orders, ({ status }) => status !== 200);
      const other = await api.call('GET /v1/users/me', { token });
      const afterwards = await until(orders, ({ status }) => status === 200);

      expectProblem(meanwhile, 503, { code: 'unavailable' });
      expect(other.status).toBe(200);
      expect(afterwards.body.orders).toEqual([]);
      expect(system.processes.order).not.toBe(pid);
      expect(system.output).toMatch(/order ended unasked \(SIGKILL\)/);
    });
  });
}

async function until<T>(attempt: () => Promise<T>, good: (outcome: T) => boolean): Promise<T> {
  for (;;) {
    const outcome = await attempt();
    if (good(outcome)) return outcome;
    await delay(20);
  }
}
