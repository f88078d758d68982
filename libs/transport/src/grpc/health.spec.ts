import { describe, expect, test } from 'vitest';
import { ConformanceService } from '@ko/contracts/conformance';
import { Health, HealthCheckResponse_ServingStatus as Status } from '@ko/contracts/grpc';
import { createContext } from '@ko/endpoint';
import { connect } from './connect.ts';
import { openChannel, startServer } from './testing.ts';

describe('health checks', () => {
  test('say that the server and its services serve', async () => {
    const health = connect(Health, openChannel((await startServer()).server.address));

    expect((await health.check({}, createContext())).status).toBe(Status.SERVING);
    expect((await health.check({ service: ConformanceService.typeName }, createContext())).status).toBe(Status.SERVING);
  });

  test('do not know other services', async () => {
    const health = connect(Health, openChannel((await startServer()).server.address));

    await expect(health.check({ service: 'none' }, createContext())).rejects.toMatchObject({ code: 'not_found' });
  });

  test('list all services', async () => {
    const health = connect(Health, openChannel((await startServer()).server.address));

    const { statuses } = await health.list({}, createContext());

    expect(Object.keys(statuses)).toEqual(expect.arrayContaining(['', ConformanceService.typeName]));
  });

  test('tell who watches when the server stops, and do not hold it up', async () => {
    const { server } = await startServer();
    const health = connect(Health, openChannel(server.address));
    const seen: Status[] = [];

    for await (const { status } of await health.watch({}, createContext())) {
      seen.push(status);
      if (status === Status.SERVING) void server.stop(60_000);
    }

    expect(seen).toEqual([Status.SERVING, Status.NOT_SERVING]);
  });
});
