import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { startSystem, type RunningSystem } from '@ko/stack';
import { afterAll, beforeAll, expect, test } from 'vitest';

const attempts = 3;
const timeout = 300;
const data = mkdtempSync(path.join(tmpdir(), 'ko-deadline-'));
const lines = [{ sku: 'TEA-1', quantity: 1, unitPrice: { currencyCode: 'EUR', units: '4', nanos: 0 } }];

let system: RunningSystem;
let token: string;

beforeAll(async () => {
  system = await startSystem({ data, port: 11_900, environment: { ...process.env, DATABASE_SERVER_URL: undefined } });
  expect(await system.ready).toEqual([]);
  const account = { email: 'grace@example.com', password: 'correct-horse-battery' };
  await post('/v1/users', { ...account, displayName: 'Grace' });
  const { body } = await post('/v1/sessions', account);
  ({ accessToken: token } = JSON.parse(body) as { readonly accessToken: string });
}, 120_000);

afterAll(async () => {
  await system.stop();
  rmSync(data, { recursive: true, force: true });
}, 60_000);

const slowHop = { method: 'ko.user.v1.UserService/GetUser' };

test('a deadline of 300 ms holds through gateway, order and a user service that is stuck, and names the hop', async () => {
  const answers: Awaited<ReturnType<typeof post>>[] = [];
  for (let attempt = 0; attempt < attempts; attempt++) {
    await expect.poll(async () => (await order()).status, { timeout: 20_000 }).toBe(200);
    process.kill(system.pid('user') ?? 0, 'SIGSTOP');
    answers.push(await order({ 'x-request-timeout-ms': String(timeout) }));
    process.kill(system.pid('user') ?? 0, 'SIGCONT');
  }

  const problems = answers.map(({ body }) => JSON.parse(body) as object); // What the gateway says of a failure.
  for (const { status } of answers) expect(status).toBe(504);
  for (const problem of problems) {
    expect(problem).toMatchObject({ code: 'deadline_exceeded', reason: 'DEADLINE_EXCEEDED' });
  }
  // Of several attempts, since the machine may be busy with something else.
  expect(problems).toContainEqual(expect.objectContaining({ metadata: expect.objectContaining(slowHop) as object }));
  expect(Math.min(...answers.map(({ elapsed }) => elapsed))).toBeLessThan(timeout + 50);
  for (const { name } of system.instances) await expect.poll(async () => workInHand(name), { timeout: 5_000 }).toBe(0);
}, 90_000);

test('when the client hangs up, nobody goes on working for it', async () => {
  await expect.poll(async () => (await order()).status, { timeout: 20_000 }).toBe(200);
  const patience = new AbortController();

  process.kill(system.pid('user') ?? 0, 'SIGSTOP');
  const answer = order({}, patience.signal);
  await expect.poll(async () => workInHand('order'), { timeout: 5_000 }).toBeGreaterThan(0);
  patience.abort();
  await expect(answer).rejects.toThrow();
  const left = ['gateway', 'order'].map(async (name) =>
    expect.poll(() => workInHand(name), { timeout: 5_000 }).toBe(0),
  );
  await Promise.all(left);
  process.kill(system.pid('user') ?? 0, 'SIGCONT');

  await expect.poll(async () => workInHand('user'), { timeout: 5_000 }).toBe(0);
}, 60_000);

async function order(headers: Readonly<Record<string, string>> = {}, signal?: AbortSignal) {
  return post('/v1/orders', { lines }, { headers: { authorization: `Bearer ${token}`, ...headers }, signal });
}

interface PostOptions {
  readonly headers?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal | undefined;
}

async function post(route: string, body: object, { headers = {}, signal }: PostOptions = {}) {
  const since = performance.now();
  const response = await fetch(`${system.gateways[0] ?? ''}${route}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
    ...(signal && { signal }),
  });
  const text = await response.text();
  return { status: response.status, body: text, elapsed: performance.now() - since };
}

/** How many calls a process serves or makes at the moment, health checks left out. */
async function workInHand(instance: string): Promise<number> {
  const metrics = await (await fetch(`${system.instance(instance).admin}/metrics`)).text();
  const gauges = metrics.matchAll(/^rpc_(?:server|client)_in_flight\{.*\} (\d+)$/gm);
  return [...gauges].reduce((sum, [, value]) => sum + Number(value), 0);
}
