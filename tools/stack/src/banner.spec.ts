import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { promisify, stripVTControlCharacters } from 'node:util';
import { describe, expect, test } from 'vitest';
import { banner, firstCall, type BannerFacts } from './banner.ts';
import { addressesOf, layOut, type LayoutOptions } from './layout.ts';

const sample = { email: 'ada@example.com', password: 'secret' };

describe('banner', () => {
  test('lists every address', () => {
    const text = stripVTControlCharacters(banner(factsOf()));

    expect(text).toMatch(/gateway +http:\/\/127\.0\.0\.1:9000 +http:\/\/127\.0\.0\.1:9002\n/);
    expect(text).toContain('http://127.0.0.1:9000/docs');
    expect(text).toContain('http://127.0.0.1:9000/openapi.json');
    expect(text).toMatch(/order +grpc:\/\/127\.0\.0\.1:9005 +http:\/\/127\.0\.0\.1:9006\n/);
    expect(text).toContain('postgres://postgres@127.0.0.1:9001');
  });

  test('lists no gRPC ports of a monolith, which has none', () => {
    expect(banner(factsOf({ monolith: true }))).not.toContain('grpc://');
  });

  test('lists every instance, and says that all gateways take requests', () => {
    const text = stripVTControlCharacters(banner(factsOf({ scale: { user: 2, gateway: 2 } })));

    expect(text).toMatch(/gateway\.2 +http:\/\/127\.0\.0\.1:9100 +http:\/\/127\.0\.0\.1:9102\n/);
    expect(text).toMatch(/user\.2 +grpc:\/\/127\.0\.0\.1:9103 +http:\/\/127\.0\.0\.1:9104\n/);
    expect(text).toContain('Each of the 2 gateways takes any request, at its own port');
    expect(banner(factsOf({ scale: { gateway: 2 }, sharePort: true }))).toContain('at the port that they share');
  });

  test('says where Consul is, if it is used', () => {
    expect(banner({ ...factsOf(), consul: 'http://127.0.0.1:8500' })).toContain('http://127.0.0.1:8500/ui');
    expect(banner(factsOf())).not.toContain('Consul');
  });

  test('says what did not start', () => {
    expect(banner({ ...factsOf(), missing: ['order'] })).toContain('ko is up without order');
  });
});

describe('firstCall', () => {
  test('signs in and uses the token, as a shell runs it', async () => {
    const asked: string[] = [];
    const server = createServer((request, response) => {
      asked.push(`${request.method} ${request.url} ${request.headers.authorization}`);
      const tokens = { accessToken: 'abc.def', refreshToken: 'xyz' };
      request.resume().on('end', () => response.end(JSON.stringify(request.method === 'POST' ? tokens : {})));
    });
    await once(server.listen(0, '127.0.0.1'), 'listening');
    const { port } = server.address() as AddressInfo; // a TCP server that listens has no other kind of address

    const { stdout } = await promisify(execFile)('sh', ['-c', firstCall(`http://127.0.0.1:${port}`, sample)]);

    server.close();
    expect(asked).toEqual(['POST /v1/sessions undefined', 'GET /v1/orders Bearer abc.def']);
    expect(stdout).toBe('{}\n');
  });
});

function factsOf(options: LayoutOptions = {}): BannerFacts {
  const services = [
    { name: 'user', port: 50051, calls: [], database: true },
    { name: 'order', port: 50052, calls: ['user'], database: true },
  ];
  const { instances } = layOut(services, { port: 9000, ...options });
  return {
    instances: instances.map((instance) => ({ ...instance, ...addressesOf(instance) })),
    postgres: 'postgres://postgres@127.0.0.1:9001',
    sample,
    missing: [],
  };
}
