import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { promisify, stripVTControlCharacters } from 'node:util';
import { describe, expect, test } from 'vitest';
import { banner, firstCall } from './banner.ts';
import { assignPorts } from './ports.ts';

const sample = { email: 'ada@example.com', password: 'secret' };
const facts = {
  services: [
    { name: 'user', calls: [] },
    { name: 'order', calls: ['user'] },
  ],
  ports: assignPorts(2, 9000),
  postgres: 'postgres://postgres@127.0.0.1:9001',
  sample,
  missing: [],
};

describe('banner', () => {
  test('lists every address', () => {
    const text = stripVTControlCharacters(banner({ ...facts, monolith: false }));

    expect(text).toMatch(/gateway +http:\/\/127\.0\.0\.1:9000 +http:\/\/127\.0\.0\.1:9002\n/);
    expect(text).toContain('http://127.0.0.1:9000/docs');
    expect(text).toContain('http://127.0.0.1:9000/openapi.json');
    expect(text).toMatch(/order +grpc:\/\/127\.0\.0\.1:9005 +http:\/\/127\.0\.0\.1:9006\n/);
    expect(text).toContain('postgres://postgres@127.0.0.1:9001');
  });

  test('lists no gRPC ports of a monolith, which has none', () => {
    expect(banner({ ...facts, monolith: true })).not.toContain('grpc://');
  });

  test('says what did not start', () => {
    expect(banner({ ...facts, monolith: false, missing: ['order'] })).toContain('ko is up without order');
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
