import { OrderService } from '@ko/contracts/order';
import { AuthService, UserService } from '@ko/contracts/user';
import { makeClient, StatusError, type Context } from '@ko/endpoint';
import { createRegistry, createTelemetry, httpComponent, parseConfig, type Telemetry } from '@ko/service';
import { once } from 'node:events';
import { connect as connectSocket } from 'node:net';
import { text } from 'node:stream/consumers';
import { pino } from 'pino';
import { describe, expect, onTestFinished, test } from 'vitest';
import { buildGateway, publish } from './app.ts';
import { gatewayConfig } from './config.ts';

const asked: Context[] = [];

/** A gateway whose services note who asks and answer that they are not there. */
async function gateway(environment: Readonly<Record<string, string>> = {}, told: Partial<Telemetry> = {}) {
  const config = parseConfig(gatewayConfig, { LOG_LEVEL: 'silent', ...environment });
  const away = () => async (_: unknown, context: Context) => {
    asked.push(context);
    throw new StatusError('unavailable', 'the service is away', { retryAfter: 2_000 });
  };
  return buildGateway({
    config,
    telemetry: { ...createTelemetry('gateway', config), ...told },
    keys: async () => [],
    published: [
      publish(UserService, makeClient(UserService, away)),
      publish(AuthService, makeClient(AuthService, away)),
      publish(OrderService, makeClient(OrderService, away)),
    ],
  });
}

const signIn = {
  method: 'POST',
  url: '/v1/sessions',
  payload: { email: 'ada@example.com', password: 'x' },
} as const;

describe('the gateway', () => {
  test('passes a request on, and reports a service that is away as a problem with advice', async () => {
    const response = await (await gateway()).inject(signIn);

    expect(response.statusCode).toBe(503);
    expect(response.headers['content-type']).toContain('application/problem+json');
    expect(response.headers['retry-after']).toBe('2');
    expect(response.json()).toMatchObject({ code: 'unavailable', request_id: expect.any(String) as string });
  });

  test('sends security headers with every answer', async () => {
    const response = await (await gateway()).inject('/v1/nothing');

    expect(response.headers).toMatchObject({
      'x-content-type-options': 'nosniff',
      'strict-transport-security': expect.any(String) as string,
      'content-security-policy': expect.any(String) as string,
    });
  });

  test.each([
    ['/v1/users/%zz', 400],
    [`/v1/users/${'x'.repeat(1_025)}`, 414],
  ])('answers what is no path like everything else: %#', async (url, status) => {
    const metrics = createRegistry('');
    const app = await gateway({}, { metrics });
    onTestFinished(() => app.close());

    const response = await fetch((await app.listen({ host: '127.0.0.1', port: 0 })) + url);

    expect(response.status).toBe(status);
    expect(Object.fromEntries(response.headers)).toMatchObject({
      'x-content-type-options': 'nosniff',
      'x-request-id': expect.any(String) as string,
    });
    await expect.poll(async () => metrics.metrics()).toContain(`route="unmatched",status="${status}"} 1`);
  });

  test('limits who asks for what there is not, too', async () => {
    const app = await gateway({ RATE_LIMIT: '2' });
    const statuses: number[] = [];

    for (const url of ['/a', '/b', '/c']) statuses.push((await app.inject(url)).statusCode);

    expect(statuses).toEqual([404, 404, 429]);
  });

  test('tells Node how long a head may take to arrive, and how long a whole request', async () => {
    const { server } = await gateway();

    expect(server).toMatchObject({ headersTimeout: 10_000, requestTimeout: 30_000 });
  });

  test('takes a caller who resets the connection for one who has gone, not for a fault of its own', async () => {
    const lines: { level: number; status?: number }[] = [];
    const log = pino({ base: null }, { write: (line) => void lines.push(JSON.parse(line) as (typeof lines)[number]) });
    const server = httpComponent('http', await gateway({ RATE_LIMIT: '1000' }, { log }), {
      address: '127.0.0.1:0',
      log,
    });
    await server.start?.();
    const { port } = new URL(`http://${server.address}`);
    const resetAfterAsking = async (): Promise<void> => {
      const socket = connectSocket(Number(port), '127.0.0.1').on('error', () => undefined);
      await once(socket, 'connect');
      socket.write('GET /v1/users/me HTTP/1.1\r\nHost: x\r\n\r\n');
      setImmediate(() => socket.resetAndDestroy());
      await once(socket, 'close');
    };

    await Promise.all(Array.from({ length: 50 }, resetAfterAsking));
    await server.stop?.(); // Each request is over then.

    await expect.poll(() => lines.filter(({ status }) => status !== undefined).length).toBeGreaterThan(0);
    expect(lines.filter(({ level, status = 0 }) => level >= 50 || status >= 500)).toEqual([]);
  });

  test('limits each client, tells the state of the limit, and says when to come back', async () => {
    const app = await gateway({ RATE_LIMIT: '2' });

    const [first, second, third] = [
      await app.inject('/openapi.json'),
      await app.inject('/openapi.json'),
      await app.inject('/openapi.json'),
    ];
    const other = await app.inject({ url: '/openapi.json', remoteAddress: '192.0.2.9' });

    expect(first.headers).toMatchObject({ 'ratelimit-remaining': '1' });
    expect(third.headers).toMatchObject({
      'ratelimit-limit': '2',
      'ratelimit-remaining': '0',
      'ratelimit-reset': third.headers['retry-after'],
    });
    expect([second.statusCode, third.statusCode, other.statusCode]).toEqual([200, 429, 200]);
    expect(third.json()).toMatchObject({ code: 'resource_exhausted', reason: 'RATE_LIMITED' });
    expect(Number(third.headers['retry-after'])).toBeGreaterThan(0);
  });

  test.each([
    ['a network of IPv6', '2001:db8:1:2::3', '2001:DB8:1:2:3:4:5:6'],
    ['an IPv4 address written as one of IPv6', '192.0.2.9', '::ffff:192.0.2.9'],
  ])('takes %s for one client', async (_, one, other) => {
    const app = await gateway({ RATE_LIMIT: '3' });
    const from = async (remoteAddress: string) => (await app.inject({ url: '/openapi.json', remoteAddress })).headers;

    const left = [await from(one), await from(other), await from(other)].map(
      (headers) => headers['ratelimit-remaining'],
    );

    expect(left).toEqual(['2', '1', '0']);
    expect(await from('2001:db8:1:3::3')).toMatchObject({ 'ratelimit-remaining': '2' });
  });

  test('limits what takes a password more than the rest', async () => {
    const app = await gateway({ PASSWORD_RATE_LIMIT: '1' });

    const first = await app.inject(signIn);
    const second = await app.inject(signIn);

    expect([first.statusCode, second.statusCode]).toEqual([503, 429]);
    expect((await app.inject('/openapi.json')).statusCode).toBe(200);
  });

  test('tells a call until when there is somebody to hear its answer', async () => {
    const app = await gateway({ REQUEST_TIMEOUT: '5000' });
    const before = Date.now();

    await app.inject(signIn);
    await app.inject({ ...signIn, headers: { 'x-request-timeout-ms': '1000' } });

    const [own, callers] = asked.slice(-2).map(({ deadline = Infinity }) => deadline - before);
    expect(own).toBeGreaterThanOrEqual(5_000);
    expect(own).toBeLessThan(60_000);
    expect(callers).toBeLessThan(own ?? 0);
  });

  test('believes only its own proxies about who the client is', async () => {
    const headers = { 'x-forwarded-for': '203.0.113.7' };

    await (await gateway()).inject({ ...signIn, headers });
    await (await gateway({ TRUSTED_PROXIES: '127.0.0.0/8' })).inject({ ...signIn, headers });

    expect(asked.slice(-2).map(({ peer }) => peer)).toEqual(['127.0.0.1', '203.0.113.7']);
  });

  test('lets pages of named origins call, and no others', async () => {
    const app = await gateway({ CORS_ORIGINS: 'https://app.example.com' });
    const from = async (origin: string) => app.inject({ url: '/openapi.json', headers: { origin } });

    expect((await from('https://app.example.com')).headers['access-control-allow-origin']).toBe(
      'https://app.example.com',
    );
    expect((await from('https://evil.example.com')).headers).not.toHaveProperty('access-control-allow-origin');
  });

  test.each(['POST', 'PATCH', 'DELETE'])('lets such pages ask whether they may %s', async (method) => {
    const app = await gateway({ CORS_ORIGINS: 'https://app.example.com' });

    const preflight = await app.inject({
      method: 'OPTIONS',
      url: '/v1/users/7',
      headers: { origin: 'https://app.example.com', 'access-control-request-method': method },
    });

    expect(preflight.statusCode).toBe(204);
    expect(preflight.headers['access-control-allow-methods']).toContain(method);
  });

  test('refuses headers that are too large, as a problem document', async () => {
    const app = await gateway({ HEADER_LIMIT: '2048' });
    const address = new URL(await app.listen({ host: '127.0.0.1', port: 0 }));
    const socket = connectSocket(Number(address.port), address.hostname);

    socket.write(`GET / HTTP/1.1\r\nHost: x\r\nX-Large: ${'x'.repeat(4096)}\r\n\r\n`);
    const answer = await text(socket);
    await app.close();

    expect(answer).toMatch(/^HTTP\/1\.1 431 /);
    expect(answer).toContain('HEADERS_TOO_LARGE');
  });
});
