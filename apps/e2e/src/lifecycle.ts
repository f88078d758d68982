import { execFile } from 'node:child_process';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import { describe, expect, test } from 'vitest';
import { expectProblem, type Caller } from './client.ts';
import type { System } from './system.ts';

/** Milliseconds for which a token is good after its end, since clocks differ. */
const clockTolerance = 5_000;

/** How the system starts and stops. Comes last: the system is another one afterwards. */
export function lifecycle(system: System, api: Caller): void {
  describe('lifecycle', () => {
    let shortLived = { token: '', until: 0 };

    test('Ctrl-C leaves no process behind, and state survives', async () => {
      const { email, token } = await api.register();
      const order = await api.order(token);
      const running = [...Object.values(system.processes), system.postgres];

      const code = await system.stop();
      const left = running.filter(isAlive);
      await system.start({ ACCESS_TOKEN_TTL: '1s' });
      const again = await api.signIn(email);
      shortLived = { token: again.token, until: Date.now() + 1_000 + clockTolerance };

      expect([code, left]).toEqual([0, []]);
      expect(running.every((pid) => pid > 1)).toBe(true);
      expect((await api.call('GET /v1/orders', { token: again.token })).body.orders).toEqual([order.body]);
      expect((await api.call('GET /v1/orders', { token })).body.orders).toEqual([order.body]);
    }, 60_000);

    test('the first call that it prints works when pasted', async () => {
      const [call = ''] = /^TOKEN=[^]*?; echo$/m.exec(system.output) ?? [];

      const { stdout } = await promisify(execFile)('sh', ['-c', call]);

      const { orders } = JSON.parse(stdout) as { readonly orders: readonly object[] };
      expect(orders.length).toBeGreaterThan(0);
    });

    test('a second one on the same ports says who has them and what to do, and the first goes on', async () => {
      const second = system.neighbour();

      await expect(second.start()).rejects.toThrow(/Port \d+, wanted for the gateway .*is taken.*npm start -- --port/s);

      expect(await second.stop()).toBe(1);
      expect((await api.call('GET /openapi.json')).status).toBe(200);
      await second.remove();
    });

    test('a token that has expired is refused as that', async () => {
      await delay(shortLived.until - Date.now() + 1_000);

      expectProblem(await api.call('GET /v1/orders', { token: shortLived.token }), 401, { reason: 'TOKEN_EXPIRED' });
    });
  });
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false; // No such process.
  }
}
