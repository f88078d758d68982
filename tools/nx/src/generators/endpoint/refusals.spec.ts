import type { Tree } from '@nx/devkit';
import { beforeEach, expect, test } from 'vitest';
import { changesOf, repositoryTree, textOf } from '../../testing/repository.ts';
import { protoFolder, readWorkspace } from '../../workspace.ts';
import endpoint from './generator.ts';
import type { EndpointOptions } from './plan.ts';

let tree: Tree;

beforeEach(() => {
  tree = repositoryTree();
});

test.each<[Partial<EndpointOptions>, RegExp]>([
  [{ service: 'shop' }, /no service 'shop'\. There is: .*order.* To make one: npx nx generate service/],
  [{ service: '../order' }, /no service/],
  [{ method: 'reweighOrder' }, /PascalCase|take one such as/],
  [{ method: 'Reweigh_Order' }, /take one such as/],
  [{ method: 'GetOrder' }, /standard methods/],
  [{ method: 'DeleteOrder' }, /standard methods/],
  [{ method: 'ListOrders' }, /standard methods/],
  [{ method: 'ConstructorOrder' }, /constructor/],
  [{ contract: 'ShopService' }, /has no service ShopService .*There is: OrderService/],
  [{ http: 'post' }, /no route.*post \/v1\/\{name=orders\/\*\}:settle/],
  [{ http: 'fetch /v1/orders' }, /no route/],
  [{ http: 'post v1/orders' }, /no route/],
  [{ http: 'post /v1/{name=orders/*' }, /no route/],
  [{ http: 'post /v1/{order}:reweigh' }, /\{order\} .* fills no field/],
  [{ http: 'post /v1/{name=users/*}:reweigh' }, /fills no field/],
  [{ http: 'post /v1/{name=orders/*}:cancel' }, /OrderService\.CancelOrder has the route .*order\.proto/],
  [{ http: 'GET /v1/users' }, /UserService\.ListUsers has the route/],
  [{ method: 'CancelOrders' }, /CancelOrder has the route/],
  [{ stream: 'client', http: 'post /v1/orders:reweigh' }, /no stream of requests/],
  [{ stream: 'bidi', http: true }, /no stream of requests/],
  [{ access: 'everybody' }, /signed_in, public, or a role/],
  [{ access: 'role:' }, /signed_in, public, or a role/],
  [{ read: true, idempotent: true }, /one of them/],
])('refused, with nothing written: %j', async (options, reason) => {
  const before = changesOf(tree);

  await expect(endpoint(tree, { service: 'order', method: 'ReweighOrder', ...options })).rejects.toThrow(reason);

  expect(changesOf(tree)).toEqual(before);
});

test('a message that has the name already is told with its file', async () => {
  const proto = `${protoFolder}/${readWorkspace(tree).protoRoot}/order/v1/order.proto`;
  tree.write(proto, `${textOf(tree, proto)}\nmessage ReweighOrderRequest {}\n`);

  await expect(endpoint(tree, { service: 'order', method: 'ReweighOrder' })).rejects.toThrow(
    'order.proto has the message ReweighOrderRequest already',
  );
});

test('without an endpoint to follow, it is told what to write by hand', async () => {
  const before = changesOf(tree);

  const refused = endpoint(tree, { service: 'user', method: 'ProveAuth', contract: 'AuthService' });

  await expect(refused).rejects.toThrow(/returns the endpoints of AuthService[^]*rpc ProveAuth\(ProveAuthRequest\)/);
  expect(changesOf(tree)).toEqual(before);
});
