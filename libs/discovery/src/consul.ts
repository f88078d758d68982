import { isDeepStrictEqual } from 'node:util';
import type Consul from 'consul';
import { pause } from './backoff.ts';
import { ask, clientOf, isUnknownService, type Answer, type Cancellation } from './consul-client.ts';
import type { DiscoveryUrl, Driver, Entry, Registration } from './driver.ts';
import { instanceAt, isAddress, type Instance } from './instance.ts';

/** Seconds after which Consul answers a blocking query though nothing has changed: a sign that the list still holds. */
const standardWait = 20;

/** Milliseconds between two answers at least, however often the list changes. */
const floor = 200;

/** Milliseconds that a question has which does not block. */
const answerTimeout = 3_000;

/** Consul drops what has not reported for this long in addition to the ttl; less than a minute it does not take. */
const deregisterAfter = '1m';

/**
 * Services in Consul: `consul://127.0.0.1:8500/user`. Parameters: `dc`, `token`, `tag` (only instances that have it), `wait`
 * (seconds of a blocking query); for registration `check=grpc` (the agent asks the process, whose reports are not needed).
 */
export const consulDriver: Driver = {
  example: 'consul://127.0.0.1:8500/user',

  source(url) {
    const { host, port, service, parameters } = parse(url, ['dc', 'tag', 'token', 'wait']);
    if (service === '') throw new TypeError(`'${url.scheme}:${url.rest}' names no service, as in ${this.example}`);
    const { tag, wait = String(standardWait), ...defaults } = parameters;
    if (!/^[1-9]\d{0,2}$/.test(wait)) throw new TypeError(`wait=${wait}: it is a number of seconds`);
    const consul = clientOf({ host, port, defaults });
    return {
      async watch(found, signal) {
        const query = { service, passing: true, ...(tag !== undefined && { tag }), wait: Number(wait) };
        return watch(await consul(), query, { found, signal });
      },
    };
  },

  registry(url) {
    const { host, port, service, parameters } = parse(url, ['dc', 'token', 'check']);
    if (service !== '') throw new TypeError(`'${url.scheme}:${url.rest}': a registry has no path`);
    const { check = 'ttl', ...defaults } = parameters;
    if (check !== 'ttl' && check !== 'grpc') throw new TypeError(`check=${check}: it is ttl or grpc`);
    const consul = clientOf({ host, port, defaults });
    return { entry: (registration) => new ConsulEntry(consul, registration, check) };
  },
};

interface Query {
  readonly service: string;
  readonly passing: boolean;
  readonly tag?: string;
  /** Seconds. */
  readonly wait: number;
}

interface Watcher {
  readonly found: (instances: readonly Instance[]) => void;
  readonly signal: AbortSignal;
}

/** Blocking queries, by the rules of Consul's documentation. */
async function watch(consul: Consul, { wait, ...query }: Query, { found, signal }: Watcher): Promise<void> {
  // Consul takes up to a sixteenth more, so that not all come back at once.
  const options = { ...query, wait: `${wait}s`, timeout: wait * 1_250 + 1_000 };
  const isOver = () => signal.aborted;
  for (let index = 0n; !isOver();) {
    const since = performance.now();
    const question = { ...options, index: String(index) };
    const answer = await ask(signal, async (ctx) => consul.health.service({ ...question, ...ctx }));
    if (isOver()) return;
    found(instancesIn(answer.body));
    index = following(index, answer.index);
    await pause(Math.max(0, floor - (performance.now() - since)), signal);
  }
}

/** The index to ask with next. One that goes back means that Consul has lost its state; 0 would not block. */
function following(index: bigint, answered: bigint): bigint {
  if (answered < 1n) return 1n;
  return answered < index ? 0n : answered;
}

/** What Consul says of an instance, as far as it matters here. */
interface Service {
  readonly ID: string;
  readonly Address: string;
  readonly Port: number;
  readonly Meta: Readonly<Record<string, string>> | null;
  readonly Weights?: { readonly Passing: number };
}

function instancesIn(body: unknown): readonly Instance[] {
  const entries = body as readonly { readonly Node: { readonly Address: string }; readonly Service: Service }[];
  return entries
    .filter(({ Service: { Port } }) => Port > 0)
    .map(({ Node, Service: { ID: id, Address, Port, Meta, Weights } }) => {
      const { zone = '', version = '', weight = '', ...metadata } = Meta ?? {};
      const host = Address === '' ? Node.Address : Address;
      const address = `${host.includes(':') ? `[${host}]` : host}:${Port}`;
      return instanceAt(address, { id, zone, version, weight: weightIn(weight) ?? Weights?.Passing ?? 1, metadata });
    })
    .toSorted((one, other) => (one.id < other.id ? -1 : 1));
}

/** What is no weight has been put there by somebody else, and is passed over. */
function weightIn(text: string): number | undefined {
  const weight = text === '' ? Number.NaN : Number(text);
  return Number.isFinite(weight) && weight >= 0 ? weight : undefined;
}

class ConsulEntry implements Entry {
  readonly #consul: () => Promise<Consul>;
  readonly #registration: Registration;
  readonly #check: 'ttl' | 'grpc';

  constructor(consul: () => Promise<Consul>, registration: Registration, check: 'ttl' | 'grpc') {
    this.#consul = consul;
    this.#registration = registration;
    this.#check = check;
  }

  async reconcile(signal: AbortSignal): Promise<boolean> {
    const isThere = await this.#isThere(signal);
    if (!isThere) await this.#put(signal);
    if (this.#check === 'ttl') await this.#report(signal);
    return !isThere;
  }

  async remove(signal: AbortSignal): Promise<void> {
    const { id } = this.#registration.instance;
    // The agent has no error for an id that it does not know, or one that says so.
    try {
      await this.#ask(signal, async (ctx) => (await this.#consul()).agent.service.deregister({ id, ...ctx }));
    } catch (error) {
      if (!isUnknownService(error)) throw error;
    }
  }

  async #isThere(signal: AbortSignal): Promise<boolean> {
    const { service, instance } = this.#registration;
    const filter = `ID == ${JSON.stringify(instance.id)}`;
    const options = { filter };
    const { body: services } = await this.#ask(signal, async (ctx) =>
      (await this.#consul()).agent.service.list({ ...options, ...ctx }),
    );
    const { body: checks } = await this.#ask(signal, async (ctx) =>
      (await this.#consul()).agent.check.list({ filter: `ServiceID == ${JSON.stringify(instance.id)}`, ...ctx }),
    );
    const known = (services as Readonly<Record<string, Service & { readonly Service: string }>>)[instance.id];
    // There may be more checks, such as the one by which an operator takes the instance out for a while.
    const check = (checks as Readonly<Record<string, { readonly Type: string }>>)[checkOf(instance)];
    if (known === undefined || check?.Type !== this.#check) return false;
    const { host, port } = addressOf(instance);
    const said = [known.Service, known.Address, known.Port, known.Meta];
    return isDeepStrictEqual(said, [service, host, port, metaOf(instance)]);
  }

  async #put(signal: AbortSignal): Promise<void> {
    const { service: name, instance, ttl } = this.#registration;
    const { host: address, port } = addressOf(instance);
    const common = { name: 'alive', checkid: checkOf(instance), deregistercriticalserviceafter: deregisterAfter };
    const seconds = `${Math.ceil(ttl / 1000)}s`;
    const check =
      this.#check === 'ttl'
        ? { ...common, ttl: seconds, timeout: seconds }
        : {
            ...common,
            grpc: instance.address,
            interval: `${Math.ceil(ttl / 3000)}s`,
            timeout: '1s',
            status: 'passing',
          };
    const options = { id: instance.id, name, address, port, meta: metaOf(instance), check };
    await this.#ask(signal, async (ctx) => (await this.#consul()).agent.service.register({ ...options, ...ctx }));
  }

  async #report(signal: AbortSignal): Promise<void> {
    const id = checkOf(this.#registration.instance);
    await this.#ask(signal, async (ctx) => (await this.#consul()).agent.check.pass({ id, ...ctx }));
  }

  async #ask(
    signal: AbortSignal,
    question: (ctx: Cancellation & { timeout: number }) => Promise<unknown>,
  ): Promise<Answer> {
    const answer = await ask(signal, async ({ ctx }) => question({ ctx, timeout: answerTimeout }));
    if (signal.aborted) throw new Error('Consul: no answer in time');
    return answer;
  }
}

function checkOf({ id }: Instance): string {
  return `service:${id}`;
}

function metaOf({ zone, version, weight, metadata }: Instance): Record<string, string> {
  return { ...metadata, zone, version, weight: String(weight) };
}

function addressOf({ address }: Instance): { readonly host: string; readonly port: number } {
  const colon = address.lastIndexOf(':');
  return { host: address.slice(0, colon).replace(/^\[|\]$/g, ''), port: Number(address.slice(colon + 1)) };
}

function parse({ scheme, rest, parameters }: DiscoveryUrl, known: readonly string[]) {
  if (rest.includes('@')) throw new TypeError(`Consul's URLs take no user and password, as in ${consulDriver.example}`);
  const [, address = '', service = ''] = /^\/\/([^/]+)(?:\/([\w.-]*))?$/.exec(rest) ?? [];
  if (!isAddress(address)) throw new TypeError(`'${scheme}:${rest}' is not like ${consulDriver.example}`);
  if (address.startsWith('[')) throw new TypeError(`${address}: Consul's client takes an IPv6 address by a name only`);
  const unknown = Object.keys(parameters).find((name) => !known.includes(name));
  if (unknown !== undefined)
    throw new TypeError(`'${unknown}' is unknown here: Consul's URLs take ${known.join(', ')}`);
  const colon = address.lastIndexOf(':');
  return { host: address.slice(0, colon), port: Number(address.slice(colon + 1)), service, parameters };
}
