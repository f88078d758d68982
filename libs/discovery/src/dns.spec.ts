import { createContext } from '@ko/endpoint';
import { afterEach, beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { Instancer } from './instancer.ts';
import { openRegistry, openSource } from './open.ts';
import { NameServer } from './testing/name-server.ts';

const patience = { timeout: 10_000 };

function watch(url: string): Instancer {
  const instancer = new Instancer(openSource(url), { log: createContext().log, maxDelay: 100 });
  instancer.start();
  onTestFinished(() => instancer.stop());
  return instancer;
}

function addresses(instancer: Instancer): readonly string[] {
  return instancer.snapshot.instances.map(({ address }) => address);
}

describe('the driver dns', () => {
  let server: NameServer;
  beforeEach(async () => {
    server = new NameServer();
    await server.start();
  });
  afterEach(() => server.stop());

  test('finds the addresses of a name, and follows them', async () => {
    server.zone = { a: ['10.0.0.2', '10.0.0.1', '10.0.0.2'] };
    const instancer = watch(`dns:user.shop:50051?server=${server.address}`);
    await expect.poll(() => addresses(instancer), patience).toEqual(['10.0.0.1:50051', '10.0.0.2:50051']);

    server.zone = { a: ['10.0.0.3'] };

    await expect.poll(() => addresses(instancer), patience).toEqual(['10.0.0.3:50051']);
  });

  test('finds ports and weights of the first priority', async () => {
    server.zone = {
      srv: [
        { priority: 10, weight: 3, port: 50_052, target: 'b.shop' },
        { priority: 10, weight: 0, port: 50_051, target: 'a.shop' },
        { priority: 20, weight: 1, port: 50_053, target: 'reserve.shop' },
      ],
    };

    const instancer = watch(`dns:_grpc._tcp.user.shop?server=${server.address}`);

    await expect
      .poll(() => instancer.snapshot.instances, patience)
      .toMatchObject([
        { address: 'a.shop:50051', weight: 0.01 },
        { address: 'b.shop:50052', weight: 3 },
      ]);
  });

  test('says that nobody is there when the name is unknown', async () => {
    server.zone = { failure: 3 };

    const instancer = watch(`dns:user.shop:50051?server=${server.address}`);

    await expect.poll(() => instancer.snapshot, patience).toMatchObject({ instances: [], fault: undefined });
  });

  test('keeps its list while the name server fails, and is right again afterwards', async () => {
    server.zone = { a: ['10.0.0.1'] };
    const instancer = watch(`dns:user.shop:50051?server=${server.address}`);
    await expect.poll(() => addresses(instancer), patience).toEqual(['10.0.0.1:50051']);

    server.zone = { failure: 2 };
    await expect.poll(() => instancer.snapshot.fault, patience).toMatch(/DNS: .*ESERVFAIL/);
    const meanwhile = addresses(instancer);
    server.zone = { a: ['10.0.0.2'] };

    expect(meanwhile).toEqual(['10.0.0.1:50051']);
    await expect.poll(() => addresses(instancer), patience).toEqual(['10.0.0.2:50051']);
    expect(instancer.snapshot.fault).toBeUndefined();
  });

  test('asks no more often than once a second, however short the records live', async () => {
    server.zone = { a: ['10.0.0.1'] };
    server.ttl = 0;
    const instancer = watch(`dns:user.shop:50051?server=${server.address}`);
    await expect.poll(() => addresses(instancer), patience).toHaveLength(1);
    const { questions } = server;
    const since = performance.now();

    await expect.poll(() => server.questions, patience).toBeGreaterThan(questions + 4);

    // Two questions at a time, for each kind of address.
    expect((performance.now() - since) / (server.questions - questions)).toBeGreaterThan(200);
  });

  test('says that nobody is there when the only target is the root', async () => {
    server.zone = { srv: [{ priority: 0, weight: 0, port: 0, target: '' }] };

    const instancer = watch(`dns:_grpc._tcp.user.shop?server=${server.address}`);

    await expect.poll(() => instancer.snapshot, patience).toMatchObject({ instances: [], fault: undefined });
  });

  test('ends though a question is still open', async () => {
    server.zone = { silent: true };
    const aborted = new AbortController();
    const watching = openSource(`dns:user.shop:50051?server=${server.address}`).watch(() => {}, aborted.signal);
    await expect.poll(() => server.questions, patience).toBeGreaterThan(0);

    aborted.abort();

    await expect(watching).resolves.toBeUndefined();
  });

  test('finds what only the system knows', async () => {
    const instancer = watch('dns:localhost:50051');

    await expect.poll(() => addresses(instancer), patience).toContain('127.0.0.1:50051');
  });
});

describe('a URL of DNS', () => {
  test.each([
    ['dns:user', /is not like dns:/],
    ['dns:user:50051?color=red', /'color' is unknown here/],
    ['dns:user:50051?every=often', /every=often/],
    ['dns:user:50051?server=name:53', /server=name:53: it is ip:port/],
    ['dns:_grpc._tcp.user:50051', /is not like dns:_grpc/],
  ])('%s is refused', (url, message) => {
    expect(() => openSource(url)).toThrow(message);
  });

  test('registers nobody: Kubernetes does', () => {
    expect(() => openRegistry('dns:user:50051')).toThrow(/has to start with one of: consul:, etcd:/);
  });
});
