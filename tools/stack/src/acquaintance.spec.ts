import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { acquainted } from './acquaintance.ts';
import type { PlannedProgram } from './plan.ts';

const never = new AbortController().signal;
const found = { link: 'serving', circuit: { state: 'closed' } };

describe('acquainted', () => {
  let asked = 0;
  /** What the gateway says at its n-th call of those that it calls. */
  let neighbours: (call: number) => unknown;
  let programs: readonly PlannedProgram[] = [];
  const server = createServer((_request, response) => response.end(JSON.stringify(neighbours((asked += 1)))));

  beforeEach(async () => {
    asked = 0;
    await once(server.listen(0, '127.0.0.1'), 'listening');
    const { port } = server.address() as AddressInfo; // a TCP server that listens has no other kind of address
    programs = [planned('user', 1), planned('user', 1), planned('gateway', port)];
  });

  afterEach(async () => {
    const closed = once(server.close(), 'close');
    server.closeAllConnections();
    await closed;
  });

  test('waits until callers are connected to all instances', async () => {
    const lost = { ...found, link: 'unreachable' };
    neighbours = (call) => ({ user: { instances: call < 3 ? [found, lost] : [lost, found, found] } });

    await acquainted(() => programs, 20_000, never);

    expect(asked).toBe(3);
  });

  test('waits while callers have too few of them, or do not trust them', async () => {
    const mistrusted = { ...found, circuit: { state: 'open' } };
    const steps = [[], [found], [found, mistrusted], [found, found]];
    neighbours = (call) => ({ user: { instances: steps[call - 1] } });

    await acquainted(() => programs, 20_000, never);

    expect(asked).toBe(4);
  });

  test('does not wait for instances that do not run', async () => {
    neighbours = () => ({ user: { instances: [found] } });

    await acquainted(() => programs.slice(1), 20_000, never);

    expect(asked).toBe(1);
  });

  test('does not wait for ever', async () => {
    neighbours = () => ({ user: { instances: [] } });

    await acquainted(() => programs, 300, never);
    await acquainted(() => programs, 20_000, AbortSignal.abort());

    expect(asked).toBeGreaterThan(0);
  });
});

function planned(service: string, port: number): PlannedProgram {
  return { name: service, service, args: [], env: {}, readyUrl: `http://127.0.0.1:${port}/readyz`, sources: [] };
}
