import { describe, expect, test } from 'vitest';
import { layOut, type Layout } from './layout.ts';
import { mostInstances } from './scale.ts';
import { scalable, services } from './services.ts';

const two = [
  { name: 'user', port: 50051, calls: [], database: true },
  { name: 'order', port: 50052, calls: ['user'], database: true },
];

describe('layOut', () => {
  test('gives one of each the well-known ports', () => {
    expect(layOut(two)).toEqual({
      instances: [
        { name: 'user', service: 'user', ports: { grpc: 50051, admin: 9051 } },
        { name: 'order', service: 'order', ports: { grpc: 50052, admin: 9052 } },
        { name: 'gateway', service: 'gateway', ports: { http: 8080, admin: 9050 } },
      ],
      postgres: 54320,
      consul: { http: 8500, server: 8300, gossip: 8301 },
    });
  });

  test('gives ports in a row from the one asked for, none of them twice', () => {
    const layout = layOut(two, { port: 9000 });

    expect(portsOf(layout).toSorted()).toEqual([9000, 9001, 9002, 9003, 9004, 9005, 9006, 9007, 9008, 9009]);
    expect(layout.instances.at(-1)?.ports.http).toBe(9000);
  });

  test('numbers several instances, each 100 ports above the one before', () => {
    const { instances } = layOut(two, { scale: { user: 3, gateway: 2 } });

    expect(instances.map(({ name, ports }) => [name, ports.grpc ?? ports.http, ports.admin])).toEqual([
      ['user.1', 50051, 9051],
      ['user.2', 50151, 9151],
      ['user.3', 50251, 9251],
      ['order', 50052, 9052],
      ['gateway.1', 8080, 9050],
      ['gateway.2', 8180, 9150],
    ]);
  });

  test('gives gateways one port for HTTP that share it, and each its own admin port', () => {
    const { instances } = layOut(two, { scale: { user: 2, gateway: 2 }, sharePort: true });

    expect(instances.map(({ name, ports }) => [name, ports.grpc ?? ports.http, ports.admin])).toEqual([
      ['user.1', 50051, 9051],
      ['user.2', 50151, 9151],
      ['order', 50052, 9052],
      ['gateway.1', 8080, 9050],
      ['gateway.2', 8080, 9150],
    ]);
  });

  test.each([undefined, 9000])('gives no port twice, however many instances there are (first port: %s)', (port) => {
    const scale = Object.fromEntries(scalable.map((name) => [name, mostInstances]));

    const ports = portsOf(layOut(services, { scale, port }));

    expect(new Set(ports).size).toBe(ports.length);
    expect(Math.max(...ports)).toBeLessThan(65_536);
  });

  test('gives a monolith the ports of the gateway, and no others', () => {
    expect(layOut(two, { monolith: true }).instances).toEqual([
      { name: 'monolith', service: 'monolith', ports: { http: 8080, admin: 9050 } },
    ]);
  });
});

function portsOf({ instances, postgres, consul }: Layout): number[] {
  const each = instances.flatMap(({ ports }) => Object.values(ports).filter((port) => typeof port === 'number'));
  return [...each, postgres, consul.http, consul.server, consul.gossip];
}
