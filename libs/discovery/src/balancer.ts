import type { DescService } from '@bufbuild/protobuf';
import { endpointOf, makeClient, StatusError, type Client } from '@ko/endpoint';
import type { Instance, Instancer } from './instancer.ts';

/** Picks the instance for the next call. The list is never empty. */
export type Balancer = (instances: readonly Instance[]) => Instance | undefined;

/** Makes a contract's client for one instance: once, when the instance is first picked. */
export type Factory<S extends DescService> = (instance: Instance) => Client<S>;

/** Takes the instances in turn. */
export function roundRobin(): Balancer {
  let next = 0;
  return (instances) => instances[next++ % instances.length];
}

/**
 * One client for all instances of a service: each call goes to the instance that the balancer picks.
 * Rejects with `unavailable` while there is none.
 */
export function balance<S extends DescService>(
  contract: S,
  instancer: Instancer,
  factory: Factory<S>,
  balancer: Balancer = roundRobin(),
): Client<S> {
  const clients = new Map<string, Client<S>>();

  function pick(): Client<S> {
    const instances = instancer.instances();
    const instance = instances.length === 0 ? undefined : balancer(instances);
    if (instance === undefined) {
      throw new StatusError('unavailable', `no instance of ${contract.typeName} is known`, { reason: 'NO_INSTANCE' });
    }
    const client = clients.get(instance.address) ?? factory(instance);
    clients.set(instance.address, client);
    return client;
  }

  return makeClient(contract, (method) => async (request, context) => endpointOf(pick(), method)(request, context));
}
