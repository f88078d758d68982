import { expect, test } from 'vitest';
import { addressesIn } from './addresses.ts';

test.each([
  ['postgresql://ada:s3cret@db.example:6543/user?sslmode=require', ['db.example:6543']],
  ['postgres://ada:p@ss@db/user', ['db:5432']],
  ['https://collector.example/v1/traces', ['collector.example:443']],
  ['http://[::1]:4318', ['[::1]:4318']],
  ['consul://127.0.0.1:8500/user?token=s3cret', ['127.0.0.1:8500']],
  ['consul://registry', ['registry:8500']],
  ['etcd://a:2379,b:2380/user', ['a:2379', 'b:2380']],
  ['static:a:1,b:2;zone=north;weight=2?balancer=random', ['a:1', 'b:2']],
  ['dns:user.shop.svc:50051', ['user.shop.svc:50051']],
  ['dns:_grpc._tcp.user.shop.svc', []],
  ['127.0.0.1:8500', ['127.0.0.1:8500']],
])('%s names %j', (text, addresses) => {
  expect(addressesIn(text)).toEqual(addresses);
});

test.each(['', 'nonsense', 'user:port', 'smtp://mail', 'static:a:1,b'])("'%s' makes no sense", (text) => {
  expect(addressesIn(text)).toBeUndefined();
});
