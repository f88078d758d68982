import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { repositoryTree } from '../../testing/repository.ts';
import client from './generator.ts';
import { consumer, ForeignFolder } from './testing/foreign.ts';
import { startGateway, type SeenCall } from './testing/gateway.ts';

const usual = { target: 'ES2022', lib: ['ES2022', 'DOM'], types: [], strict: true, exactOptionalPropertyTypes: true };
const projects = {
  bundler: { ...usual, module: 'ESNext', moduleResolution: 'bundler', noEmit: true },
  node: { ...usual, module: 'NodeNext', rootDir: '.', outDir: 'dist' },
};

let folder: ForeignFolder;
let gateway: Awaited<ReturnType<typeof startGateway>>;
let faults: readonly string[];
let printed: unknown;

beforeAll(async () => {
  folder = new ForeignFolder();
  gateway = await startGateway();
  await Promise.all(
    ['order', 'user'].map(async (service) => {
      const tree = repositoryTree();
      await client(tree, { service });
      await folder.addClient(tree, service);
    }),
  );
  for (const [name, compilerOptions] of Object.entries(projects)) {
    folder.write(`${name}/package.json`, '{ "type": "module" }');
    folder.write(`${name}/consumer.ts`, consumer());
    folder.write(`${name}/tsconfig.json`, JSON.stringify({ compilerOptions }));
  }
  faults = await Promise.all(Object.keys(projects).map((name) => folder.compile(name)));
  printed = await folder.run('node/dist/consumer.js', gateway.url, ...['users/ada', 'users/ben'].map(gateway.tokenOf));
});

afterAll(async () => {
  await gateway.close();
  folder.remove();
});

test('a foreign project compiles against it, the way of bundlers and that of Node', () => {
  expect(faults).toEqual(['', '']);
});

test('answers come typed: money of any size, times, enums, streams that can be left', () => {
  expect(printed).toMatchObject({
    units: '9007199254740993',
    created: '2026-01-31T12:00:00.250Z',
    isPending: true,
    token: 'next',
    displayName: 'Ada & Co',
    exported: ['orders/1', 'orders/2'],
  });
});

describe('the services are given', () => {
  test('the request, from path, query and body', () => {
    expect(seen('listOrders').request).toMatchObject({
      pageSize: 2,
      state: 2,
      createTimeFrom: { seconds: 1769860800n, nanos: 250_000_000 },
    });
    expect(seen('updateUser').request).toMatchObject({
      user: { name: 'users/me', displayName: 'Ada & Co' },
      updateMask: { paths: ['display_name'] },
    });
  });

  test('a token asked for anew for each call, and the idempotency key', () => {
    const [first, second] = [seen('createOrder'), seen('listOrders')].map(({ context }) => context.metadata);

    expect(first).toMatchObject({ 'idempotency-key': 'once', authorization: expect.any(String) as string });
    expect(second?.authorization).not.toBe(first?.authorization);
  });

  test('the time that a call may take, and the news that nobody listens any more', () => {
    const { context } = seen('payOrder');

    expect(context.deadline).toBeLessThan(Date.now());
    expect([seen('exportOrders').context.signal.aborted, context.signal.aborted]).toEqual([true, true]);
  });
});

test.each([
  ['invalid', { code: 'invalid_argument', status: 400, violations: [{ field: 'lines' }] }],
  ['anonymous', { code: 'unauthenticated', status: 401 }],
  ['away', { code: 'unavailable', reason: 'AWAY', retryAfter: 1_500 }],
  ['signIn', { code: 'unavailable', status: 503 }],
  ['broken', { code: 'data_loss', status: 500 }],
  ['elsewhere', { code: 'not_found', status: 404 }],
])('a failure that the gateway reports is an ApiError with all it says: %s', (name, error) => {
  expect(printed).toHaveProperty(`failures.${name}`, expect.objectContaining({ hasRequestId: true }));
  expect(printed).toMatchObject({ failures: { [name]: error } });
});

test.each([
  ['late', 'deadline_exceeded'],
  ['aborted', 'cancelled'],
  ['path', 'invalid_argument'],
  ['nobody', 'unavailable'],
])('a failure without an answer is an ApiError, too: %s', (name, code) => {
  expect(printed).toMatchObject({ failures: { [name]: { code } } });
});

function seen(method: string): SeenCall {
  const call = gateway.seen.find((each) => each.method === method);
  if (call === undefined) throw new Error(`${method} has not been called`);
  return call;
}
