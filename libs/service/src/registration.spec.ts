import { Instancer, openSource } from '@ko/discovery';
import { consulServer, findProgram } from '@ko/discovery/testing';
import { createContext } from '@ko/endpoint';
import { grpcServer } from '@ko/transport';
import { describe, expect, onTestFinished, test } from 'vitest';
import { parseConfig, processConfig } from './config.ts';
import { registration } from './registration.ts';
import { createTelemetry } from './telemetry.ts';

const program = findProgram('consul');
const patience = { timeout: 20_000 };

function registrarOf(environment: Readonly<Record<string, string>>, address = '0.0.0.0:50051') {
  const config = parseConfig(processConfig, { LOG_LEVEL: 'silent', ...environment });
  const telemetry = createTelemetry('test', config);
  const process = { service: 'echo', address: () => address, admin: () => '127.0.0.1:9051' };
  return registration(process, config, { telemetry, ready: async () => {} });
}

describe('the registration of a process', () => {
  test('is nobody’s business without a registry', () => {
    expect(registrarOf({})).toBeUndefined();
  });

  test('says what the config says, and an address that others can reach', async () => {
    const registrar = registrarOf({ REGISTRY_URL: 'consul://127.0.0.1:1', ZONE: 'north', VERSION: '1.5', WEIGHT: '2' });
    await registrar?.start();
    onTestFinished(async () => registrar?.stop());

    const instance = registrar?.state.registration?.instance;

    expect(instance).toMatchObject({ zone: 'north', version: '1.5', weight: 2, metadata: { admin: '127.0.0.1:9051' } });
    expect(instance?.id).toMatch(/^echo-[\da-f-]{36}$/);
    expect(instance?.address).toMatch(/^(?!0\.0\.0\.0).+:50051$/);
  });

  test('lets Consul itself ask the process, if so wanted: one that hangs is dropped', async ({ skip }) => {
    if (program === undefined) return skip('needs Consul: in PATH, or named by CONSUL_BIN');
    const consul = await consulServer(program);
    await consul.start();
    onTestFinished(async () => consul.kill());
    const server = grpcServer('127.0.0.1:0');
    await server.start();
    onTestFinished(async () => server.stop(0));
    const url = `consul://${consul.address}`;
    const environment = { REGISTRY_URL: `${url}?check=grpc`, REGISTRATION_TTL: '3000' };
    const registrar = registrarOf(environment, server.address);
    const instancer = new Instancer(openSource(`${url}/echo?wait=2`), { log: createContext().log, emptyAfter: 0 });
    onTestFinished(() => instancer.stop());

    await registrar?.start();
    onTestFinished(async () => registrar?.stop());
    instancer.start();
    await expect.poll(() => instancer.snapshot.instances, patience).toHaveLength(1);
    await server.stop(0);

    await expect.poll(() => instancer.snapshot.instances, patience).toHaveLength(0);
    expect(registrar?.state.puts).toBe(1);
  });
});
