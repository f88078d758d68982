import { ConformanceService } from '@ko/contracts/conformance';
import { createContext, StatusError, type Code, type Endpoint } from '@ko/endpoint';
import { Registry } from 'prom-client';
import { describe, expect, test } from 'vitest';
import { metrics } from './metrics.ts';

const { echo, download } = ConformanceService.method;

function failing(code: Code, cause?: Error): Endpoint<null, never> {
  return async () => Promise.reject(new StatusError(code, 'no', { reason: 'BECAUSE', cause }));
}

describe('metrics', () => {
  test('time and count calls by method and code, streams until they are over', async () => {
    const registry = new Registry();
    registry.setContentType(Registry.OPENMETRICS_CONTENT_TYPE as never);
    async function* two() {
      yield 1;
      yield 2;
    }
    const timed = metrics(registry, { side: 'server' });

    await metrics(registry, { side: 'server' })(failing('not_found'), echo)(null, createContext()).catch(
      (error: unknown) => error,
    );
    const stream = await timed(async () => two(), download)(null, createContext());
    const during = await registry.metrics();
    await Array.fromAsync(stream);
    const after = await registry.metrics();

    expect(during).toMatch(/rpc_server_in_flight{.*method="Download"} 1/);
    expect(during).toMatch(/rpc_server_duration_seconds_count{.*method="Echo",code="not_found"} 1/);
    expect(after).toMatch(/rpc_server_in_flight{.*method="Download"} 0/);
    expect(after).toMatch(/rpc_server_duration_seconds_count{.*method="Download",code="ok"} 1/);
  });
});
