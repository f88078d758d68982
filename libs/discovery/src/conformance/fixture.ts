import { randomUUID } from 'node:crypto';
import { createContext } from '@ko/endpoint';
import { expect, onTestFinished } from 'vitest';
import { instanceAt, type Instance } from '../instance.ts';
import { Instancer } from '../instancer.ts';
import { openRegistry, openSource } from '../open.ts';
import { Registrar } from '../registrar.ts';
import type { RegistryServer } from '../testing/servers.ts';

/** A driver with a real server behind it. */
export interface Backend {
  server(): Promise<RegistryServer>;
  /** The URL that finds a service, with pauses that suit a test. */
  serviceUrl(address: string, service: string): string;
  /** The URL to register with. */
  registryUrl(address: string): string;
  /** Takes an instance out, as somebody else would. */
  remove(address: string, service: string, id: string): Promise<void>;
}

/** Milliseconds. */
export const ttl = 3_000;
export const patience = { timeout: 20_000, interval: 50 };

const { log } = createContext();

/** What a test does with a driver: whatever it starts ends with the test. */
export class Fixture {
  readonly service = `service-${randomUUID().slice(0, 8)}`;
  readonly server: RegistryServer;
  readonly #backend: Backend;

  constructor(backend: Backend, server: RegistryServer) {
    this.#backend = backend;
    this.server = server;
  }

  get registryUrl(): string {
    return this.#backend.registryUrl(this.server.address);
  }

  /** Begins to register an instance, maybe over another address of the server. */
  async register(instance: Instance, address = this.server.address): Promise<Registrar> {
    const { service } = this;
    const registrar = new Registrar(
      openRegistry(this.#backend.registryUrl(address)),
      () => ({ service, instance, ttl }),
      { log, ready: async () => {}, interval: 300, maxDelay: 300 },
    );
    await registrar.start();
    onTestFinished(async () => registrar.stop());
    return registrar;
  }

  /** Registers an instance, and waits until it is registered. */
  async registered(id: string, known: Partial<Instance> = {}): Promise<Registrar> {
    const registrar = await this.register(instanceAt('127.0.0.1:50051', { id, ...known }));
    await expect.poll(() => registrar.state.puts, patience).toBe(1);
    return registrar;
  }

  watch(address = this.server.address): Instancer {
    const source = openSource(this.#backend.serviceUrl(address, this.service));
    const instancer = new Instancer(source, { log, emptyAfter: 60_000, maxDelay: 300 });
    instancer.start();
    onTestFinished(() => instancer.stop());
    return instancer;
  }

  async remove(id: string): Promise<void> {
    await this.#backend.remove(this.server.address, this.service, id);
  }
}

/** Waits until an instancer knows these instances and no other. */
export async function idsOf(instancer: Instancer, ...ids: readonly string[]): Promise<void> {
  const known = () => instancer.snapshot.instances.map(({ id }) => id).toSorted();
  await expect.poll(known, patience).toEqual(ids);
}
