import { ConformanceService } from '@ko/contracts/conformance';
import { createContext, makeEndpoints, StatusError } from '@ko/endpoint';
import { grpcServer, serve } from '@ko/transport';
import { expect, onTestFinished, test } from 'vitest';
import { parseConfig, processConfig } from './config.ts';
import { observeDiscovery } from './discovery-metrics.ts';
import { Neighbour } from './neighbour.ts';
import { Secret } from './secret.ts';
import { createTelemetry } from './telemetry.ts';

const config = parseConfig(processConfig, { LOG_LEVEL: 'silent' });

test('metrics show whom a process knows and reaches, and which circuits are open and why', async () => {
  const server = grpcServer('127.0.0.1:0');
  const failing = async () => Promise.reject(new StatusError('internal', 'broken'));
  serve(
    server,
    ConformanceService,
    makeEndpoints(ConformanceService, () => failing),
  );
  await server.start();
  onTestFinished(async () => server.stop(0));
  const telemetry = createTelemetry('test', config);
  const neighbour = new Neighbour('echo', new Secret(`static:${server.address},127.0.0.1:1`), { config, telemetry });
  await neighbour.start();
  onTestFinished(async () => neighbour.stop());
  observeDiscovery(telemetry.metrics, [neighbour], undefined);
  await expect.poll(() => neighbour.isReachable).toBe(true);

  const { echo } = neighbour.connect(ConformanceService);
  for (let call = 0; call < 5; call++)
    await expect(echo({}, createContext())).rejects.toMatchObject({ code: 'internal' });
  const metrics = await telemetry.metrics.metrics();

  expect(metrics).toContain('discovery_instances{neighbour="echo",link="serving"} 1');
  expect(metrics).toContain('discovery_up{neighbour="echo"} 1');
  expect(metrics).toMatch(/discovery_age_seconds\{neighbour="echo"\} \d/);
  expect(metrics).toContain(`circuit_open{neighbour="echo",address="${server.address}"} 1`);
  expect(metrics).toMatch(/circuit_next_probe_seconds\{neighbour="echo",address="127\.0\.0\.1:\d+"\} [01]/);
  expect(metrics).toContain('circuit_opened_total{neighbour="echo",cause="failures"} 1');
});
