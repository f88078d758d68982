import { logger, readJson, updateJson, type Tree } from '@nx/devkit';
import { beforeEach, describe, expect, test, vi } from 'vitest';
import { changesOf, repositoryTree, textOf } from '../../testing/repository.ts';
import { readWorkspace } from '../../workspace.ts';
import client from './generator.ts';

const manifest = 'clients/order/package.json';

let tree: Tree;
let contract: string;

beforeEach(() => {
  tree = repositoryTree();
  const { protoRoot } = readWorkspace(tree);
  contract = `libs/contracts/proto/${protoRoot}/order/v1/order.proto`;
});

describe('a new client', () => {
  test('is a package of its own, with the methods that have a route and nothing that only servers need', async () => {
    edit(contract, (text) => text.replace('option (google.api.http) = {get: "/v1/orders:export"};', ''));

    await client(tree, { service: 'order' });

    const changes = changesOf(tree);
    const own = [...changes].filter(([path]) => path.startsWith('clients/'));
    expect(own.map(([path]) => path.replace('clients/order/', '')).filter((path) => !path.includes('/gen/'))).toEqual(
      expect.arrayContaining(['.gitignore', 'README.md', 'package.json', 'src/index.ts', 'tsconfig.json']),
    );
    expect(readJson(tree, 'clients/order/package.json')).toMatchObject({
      name: `@${readWorkspace(tree).name}/order-client`,
      dependencies: { '@bufbuild/protobuf': expect.any(String) as string },
    });
    const sources = own.map(([path, text = '']) => (path.endsWith('.ts') ? text : '')).join();
    const imported = [...sources.matchAll(/from ['"](@?[\w-]+)/g)].map(([, name]) => name);
    expect(new Set(imported)).toEqual(new Set(['@bufbuild']));
    expect(sources).toContain('listOrders');
    expect(own.join()).not.toMatch(/exportOrders|ExportOrders|buf\/validate|google\/api|options\/v1/);
  });

  test('is for the contract that is named, from then on', async () => {
    await client(tree, { service: 'user', contract: 'AuthService' });
    await client(tree, { service: 'user' });

    expect(textOf(tree, 'clients/user/src/gen/index.ts')).toContain('createAuthServiceClient');
    expect(textOf(tree, 'clients/user/src/gen/index.ts')).not.toContain('UserService');
  });
});

test('a second run changes nothing; a later one follows the contract, leaves alone what is not generated and says so', async () => {
  const told = vi.spyOn(logger, 'info').mockReturnValue();
  await client(tree, { service: 'order' });
  const once = changesOf(tree);

  await client(tree, { service: 'order' });
  const twice = changesOf(tree);
  edit('clients/order/src/index.ts', (text) => `${text}export const mine = true;\n`);
  edit('clients/order/src/gen/client.ts', (text) => `${text}export const mine = true;\n`);
  tree.write('clients/order/src/gen/old/v1/old_pb.ts', '');
  updateJson<object>(tree, manifest, (json) => ({ ...json, version: '2.3.4', name: '@acme/orders' }));
  edit(contract, (text) => text.replace('/v1/{name=orders/*}:cancel', '/v1/{name=orders/*}:revoke'));
  const done = await client(tree, { service: 'order' });
  await done();

  expect(twice).toEqual(once);
  expect(textOf(tree, 'clients/order/src/index.ts')).toContain('mine');
  expect(readJson(tree, manifest)).toMatchObject({ version: '2.3.4', name: '@acme/orders' });
  expect(textOf(tree, 'clients/order/src/gen/client.ts')).toContain(':revoke');
  expect(textOf(tree, 'clients/order/src/gen/client.ts')).not.toContain('mine');
  expect(tree.exists('clients/order/src/gen/old/v1/old_pb.ts')).toBe(false);
  expect(told.mock.calls.join('\n')).toContain('LEFT ALONE clients/order/src/index.ts');
  told.mockRestore();
});

describe('refuses, having written nothing', () => {
  test.each([
    ['an unknown service', { service: 'zebra' }, /There is no service zebra .* order, .*user/],
    ['a path', { service: '../order' }, /it is a path/],
    ['an app that is no service', { service: 'gateway' }, /There is no service gateway/],
    ['an unknown contract', { service: 'user', contract: 'Login' }, /no contract Login.*AuthService.*UserService/],
  ])('%s', async (_, options, message) => {
    await expect(client(tree, options)).rejects.toThrow(message);
    expect(changesOf(tree).size).toBe(0);
  });

  test('a contract without routes', async () => {
    edit(contract, (text) => text.replaceAll(/option \(google\.api\.http\) = (\{[^]*?\});/g, ''));

    await expect(client(tree, { service: 'order' })).rejects.toThrow(/no method has a route/);
  });

  test('contracts of several versions, until one is chosen', async () => {
    const next = (text: string) => text.replaceAll(/\border([./])v1\b/g, 'order$1v2');
    tree.write(contract.replaceAll('v1', 'v2'), next(textOf(tree, contract)));
    const { protoRoot } = readWorkspace(tree);

    await expect(client(tree, { service: 'order' })).rejects.toThrow(`--contract: ${protoRoot}.order.v1.OrderService`);
    await client(tree, { service: 'order', contract: `${protoRoot}.order.v2.OrderService` });

    expect(textOf(tree, 'clients/order/src/gen/client.ts')).toContain('order/v2/order_pb.js');
  });

  test('contracts that are none, with what buf says of them', async () => {
    edit(contract, (text) => text.replace('service OrderService', 'servise OrderService'));

    await expect(client(tree, { service: 'order' })).rejects.toThrow(/npx buf build[^]*order\.proto:\d+/);
  });
});

function edit(path: string, change: (text: string) => string): void {
  tree.write(path, change(textOf(tree, path)));
}
