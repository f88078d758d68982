import { isDeepStrictEqual } from 'node:util';
import { pause } from './backoff.ts';
import type { DiscoveryUrl, Driver, Entry, Registration } from './driver.ts';
import { Etcd } from './etcd-client.ts';
import { instanceAt, isAddress, type Instance } from './instance.ts';

/** Seconds after which the list is read again though nothing is said to have changed: a sign that it still holds. */
const standardWait = 10;

/** What a wait has to be like: far less than the 300 s after which fetch itself gives up. */
const waitPattern = /^[1-9]\d?$/;

/** Milliseconds between two reads at least, however often the list changes. */
const floor = 200;

/** Keys are `services/<service>/<id>` unless said otherwise, values the instance in JSON. */
const standardPrefix = 'services/';

/**
 * Services in etcd: `etcd://127.0.0.1:2379,127.0.0.2:2379/user`. Each member is asked in turn when one fails. Parameters:
 * `prefix` of the keys, `tls=true`, and `wait` (seconds between two reads of a list that does not change).
 */
export const etcdDriver: Driver = {
  example: 'etcd://127.0.0.1:2379/user',

  source(url) {
    const { members, service, parameters } = parse(url, ['prefix', 'tls', 'wait']);
    if (service === '') throw new TypeError(`'${url.scheme}:${url.rest}' names no service, as in ${this.example}`);
    const { prefix = standardPrefix, wait = String(standardWait) } = parameters;
    if (!waitPattern.test(wait)) throw new TypeError(`wait=${wait}: it is a number of seconds, from 1 to 99`);
    const etcd = new Etcd(members, isTls(parameters));
    return {
      async watch(found, signal) {
        try {
          await watch(etcd, `${prefix}${service}/`, { found, signal, wait: Number(wait) * 1_000 });
        } catch (error) {
          if (!signal.aborted) throw error;
        }
      },
    };
  },

  registry(url) {
    const { members, service, parameters } = parse(url, ['prefix', 'tls']);
    if (service !== '') throw new TypeError(`'${url.scheme}:${url.rest}': a registry has no path`);
    const { prefix = standardPrefix } = parameters;
    const etcd = new Etcd(members, isTls(parameters));
    return { entry: (registration) => new EtcdEntry(etcd, registration, prefix) };
  },
};

interface Watcher {
  readonly found: (instances: readonly Instance[]) => void;
  readonly signal: AbortSignal;
  /** Milliseconds. */
  readonly wait: number;
}

/** Reads the list, waits until something changes after what was read, and reads again: nothing can be missed or compacted away. */
async function watch(etcd: Etcd, prefix: string, { found, signal, wait }: Watcher): Promise<void> {
  const isOver = () => signal.aborted;
  while (!isOver()) {
    const since = performance.now();
    const { revision, pairs } = await etcd.list(prefix, signal);
    found(pairs.flatMap(({ value }) => instanceIn(value) ?? []));
    await etcd.change(prefix, revision, { signal, wait });
    await pause(Math.max(0, floor - (performance.now() - since)), signal);
  }
}

class EtcdEntry implements Entry {
  readonly #etcd: Etcd;
  readonly #registration: Registration;
  readonly #key: string;
  #lease: string | undefined;

  constructor(etcd: Etcd, registration: Registration, prefix: string) {
    this.#etcd = etcd;
    this.#registration = registration;
    this.#key = `${prefix}${registration.service}/${registration.instance.id}`;
  }

  async reconcile(signal: AbortSignal): Promise<boolean> {
    const lease = await this.#aliveLease(signal);
    const { pairs } = await this.#etcd.list(this.#key, signal, { exact: true });
    const [known] = pairs;
    const { instance } = this.#registration;
    if (known?.lease === lease && isDeepStrictEqual(instanceIn(known.value), instance)) return false;
    await this.#etcd.put({ key: this.#key, value: JSON.stringify(instance), lease }, signal);
    return true;
  }

  async remove(signal: AbortSignal): Promise<void> {
    await this.#etcd.delete(this.#key, signal);
    if (this.#lease !== undefined) await this.#etcd.revoke(this.#lease, signal);
  }

  /** A lease that lasts for another ttl: the one that there was, unless it has expired. */
  async #aliveLease(signal: AbortSignal): Promise<string> {
    const { ttl } = this.#registration;
    const isAlive = this.#lease !== undefined && (await this.#etcd.keepAlive(this.#lease, signal));
    const lease = isAlive && this.#lease !== undefined ? this.#lease : await this.#etcd.grant(ttl, signal);
    this.#lease = lease;
    return lease;
  }
}

/** What is no instance in JSON has been put there by somebody else, and is passed over. */
function instanceIn(value: string): Instance | undefined {
  try {
    const { address, ...known } = JSON.parse(value) as Record<string, unknown>;
    if (typeof address !== 'string' || !isAddress(address)) return undefined;
    const instance = { ...instanceAt(address), ...known };
    return isInstance(instance) ? instance : undefined;
  } catch {
    return undefined;
  }
}

function isInstance(value: Readonly<Record<keyof Instance, unknown>>): value is Instance {
  const { id, address, version, zone, weight, metadata } = value;
  if (typeof metadata !== 'object' || metadata === null) return false;
  const texts: readonly unknown[] = [id, address, version, zone, ...Object.values<unknown>({ ...metadata })];
  return texts.every((text) => typeof text === 'string') && typeof weight === 'number' && weight >= 0;
}

function isTls({ tls = 'false' }: DiscoveryUrl['parameters']): boolean {
  if (tls !== 'true' && tls !== 'false') throw new TypeError(`tls=${tls}: it is true or false`);
  return tls === 'true';
}

function parse({ scheme, rest, parameters }: DiscoveryUrl, known: readonly string[]) {
  if (rest.includes('@')) throw new TypeError(`etcd's URLs take no user and password, as in ${etcdDriver.example}`);
  const match = /^\/\/([^/]+)(?:\/([\w.-]*))?$/.exec(rest);
  const members = match?.[1]?.split(',') ?? [];
  if (members.length === 0 || !members.every(isAddress)) {
    throw new TypeError(`'${scheme}:${rest}' is not like ${etcdDriver.example}`);
  }
  const unknown = Object.keys(parameters).find((name) => !known.includes(name));
  if (unknown !== undefined) throw new TypeError(`'${unknown}' is unknown here: etcd's URLs take ${known.join(', ')}`);
  return { members, service: match?.[2] ?? '', parameters };
}
