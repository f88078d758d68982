import type { Tree } from '@nx/devkit';
import ts from 'typescript';
import { beforeEach, describe, expect, test } from 'vitest';
import { changesOf, repositoryTree, textOf } from '../../testing/repository.ts';
import { protoFolder, readWorkspace } from '../../workspace.ts';
import endpoint from './generator.ts';
import { added } from './testing/added.ts';

const order = { service: 'apps/order/src/service.ts', endpoints: 'apps/order/src/endpoints.ts' };
const user = { service: 'apps/user/src/service.ts', endpoints: 'apps/user/src/endpoints.ts' };

let before: Tree;
let tree: Tree;
let root: string;

beforeEach(() => {
  before = repositoryTree();
  tree = repositoryTree();
  root = readWorkspace(tree).protoRoot;
});

describe('a method of the order service', () => {
  test('stands in the contract, the rule in the class before its private methods, the endpoint behind the others', async () => {
    await endpoint(tree, { service: 'order', method: 'ReweighOrder' });

    expect(added(before, tree, `${protoFolder}/${root}/order/v1/order.proto`)).toBe(`// Reweighs an order.
  rpc ReweighOrder(ReweighOrderRequest) returns (Order) {
    option (google.api.http) = {
      post: "/v1/{name=orders/*}:reweigh"
      body: "*"
    };
    option (${root}.options.v1.access) = {signed_in: true};
  }
// Which order.
message ReweighOrderRequest {
  // \`orders/{id}\`.
  string name = 1 [(buf.validate.field).string.pattern = "^orders/[0-9a-f-]{36}$"];
}`);
    expect(added(before, tree, order.service)).toBe(
      `/** Resolves to the order as it is, and rejects as \`get\` does: the rule of ReweighOrder goes here. */
  async reweigh(caller: Caller, id: string): Promise<Order> {
    return this.get(caller, id);
  }`,
    );
    expect(textOf(tree, order.service).indexOf('async reweigh(')).toBeLessThan(
      textOf(tree, order.service).indexOf('async #move('),
    );
    expect(added(before, tree, order.endpoints)).toBe(`reweighOrder: async ({ name }, context) => {
      return toMessage(await orders.reweigh(callerOf(context), idFrom('orders', name, 'name')));
    },`);
  });

  test('is tested on the repository that the other tests use', async () => {
    await endpoint(tree, { service: 'order', method: 'ReweighOrder' });

    const spec = textOf(tree, 'apps/order/src/reweigh-order.spec.ts');
    expect(spec).toContain('database = await openOrders();');
    expect(spec).toContain('const repository = database.here;');
    expect(spec).toContain('orderEndpoints(new OrderService(repository), () => active)');
    expect(spec).toContain("import { active, anOrder, openOrders } from './testing/orders.ts';");
  });

  test('can stream what it answers, by the helper that is there', async () => {
    await endpoint(tree, { service: 'order', method: 'HoistOrder', stream: 'server', read: true });

    expect(added(before, tree, `${protoFolder}/${root}/order/v1/order.proto`)).toContain(
      'rpc HoistOrder(HoistOrderRequest) returns (stream Order) {\n' +
        '    option (google.api.http) = {get: "/v1/{name=orders/*}:hoist"};',
    );
    expect(added(before, tree, order.endpoints)).toBe(`hoistOrder: async ({ name }, context) => {
      return toMessages(orders.hoist(callerOf(context), idFrom('orders', name, 'name'), context.signal));
    },`);
    expect(added(before, tree, order.service)).toContain(
      'async *hoist(caller: Caller, id: string, signal: AbortSignal)',
    );
  });
});

describe('a method of the user service', () => {
  test('follows the order of its arguments, and the dependencies of its class', async () => {
    await endpoint(tree, { service: 'user', method: 'HoistUser', access: 'role:admin', idempotent: true });

    expect(added(before, tree, `${protoFolder}/${root}/user/v1/user.proto`))
      .toContain(`    option (${root}.options.v1.access) = {
      roles: ["admin"]
    };
    option idempotency_level = IDEMPOTENT;`);
    expect(added(before, tree, user.service)).toContain('async hoist(id: string, caller: Caller): Promise<User>');
    expect(added(before, tree, user.endpoints)).toBe(`hoistUser: async ({ name }, context) => {
      const caller = callerOf(context);
      return toMessage(await users.hoist(idFrom(name, caller), caller));
    },`);
    const spec = textOf(tree, 'apps/user/src/hoist-user.spec.ts');
    expect(spec).toContain('new UserService({ users: repository, sessions, hashPassword })');
    expect(spec).toContain("await repository.insert(user, 'hash');");
  });

  test('can take a stream, whose route there is none of', async () => {
    await endpoint(tree, { service: 'user', method: 'TallyUsers', stream: 'client' });

    const contract = added(before, tree, `${protoFolder}/${root}/user/v1/user.proto`);
    expect(contract).toContain('rpc TallyUsers(stream TallyUsersRequest) returns (TallyUsersResponse) {');
    expect(contract).not.toContain('google.api.http');
    expect(added(before, tree, user.endpoints)).toContain('mapped(requests, ({ name }) => idFrom(name, caller)),');
    expect(added(before, tree, user.service)).toContain('async tally(ids: AsyncIterable<string>, caller: Caller)');
  });

  test('that anybody may call does not ask for a signature', async () => {
    await endpoint(tree, { service: 'user', method: 'MeetUser', stream: 'bidi', access: 'public' });

    expect(added(before, tree, user.endpoints)).toContain(`meetUser: async (requests, context) => {
      const caller = callerIn(context);
      return mapped(`);
    expect(textOf(tree, user.endpoints)).toContain('function callerIn(');
  });
});

test.each(['none', 'server', 'client', 'bidi'] as const)('what is written is TypeScript: %s', async (stream) => {
  for (const access of ['public', 'signed_in']) {
    const method = access === 'public' ? 'FindOrder' : 'SeekOrder';
    await endpoint(tree, { service: 'order', method, stream, access });
  }

  for (const file of [order.service, order.endpoints, 'apps/order/src/find-order.spec.ts']) {
    const { diagnostics } = ts.transpileModule(textOf(tree, file), {
      reportDiagnostics: true,
      compilerOptions: { target: ts.ScriptTarget.ESNext },
    });
    expect(diagnostics).toEqual([]);
  }
  expect(textOf(tree, order.endpoints).split('function callerIn(')).toHaveLength(2);
});

test('a test follows the one before, where that shows how to make the endpoints', async () => {
  await endpoint(tree, { service: 'order', method: 'AirOrder' });
  const first = textOf(tree, 'apps/order/src/air-order.spec.ts');
  tree.delete('apps/order/src/endpoints.spec.ts');

  await endpoint(tree, { service: 'order', method: 'BakeOrder' });

  const renamed = first.replaceAll('AirOrder', 'BakeOrder').replaceAll('airOrder', 'bakeOrder');
  expect(textOf(tree, 'apps/order/src/bake-order.spec.ts').split('\n').toSorted()).toEqual(
    renamed.split('\n').toSorted(),
  );
});

describe('a second run', () => {
  test.each(['none', 'server', 'client', 'bidi'] as const)('changes nothing: %s', async (stream) => {
    const options = { service: 'order', method: 'ReweighOrder', stream };
    await endpoint(tree, options);
    const first = changesOf(tree);

    await endpoint(tree, options);

    expect(changesOf(tree)).toEqual(first);
  });

  test('keeps edits, whatever it is told', async () => {
    await endpoint(tree, { service: 'order', method: 'ReweighOrder' });
    const spec = 'apps/order/src/reweigh-order.spec.ts';
    tree.write(spec, '// Mine.\n');
    tree.write(order.service, textOf(tree, order.service).replace('async reweigh(', 'async reweigh(mine: string, '));
    const first = changesOf(tree);

    await endpoint(tree, { service: 'order', method: 'ReweighOrder', stream: 'bidi', access: 'public' });

    expect(changesOf(tree)).toEqual(first);
  });

  test('adds what is missing', async () => {
    await endpoint(tree, { service: 'order', method: 'ReweighOrder' });
    const whole = changesOf(tree);
    tree.write(order.endpoints, textOf(before, order.endpoints));

    await endpoint(tree, { service: 'order', method: 'ReweighOrder' });

    expect(changesOf(tree)).toEqual(whole);
  });
});
