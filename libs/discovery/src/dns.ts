import { lookup, Resolver } from 'node:dns/promises';
import { jittered, pause } from './backoff.ts';
import type { DiscoveryUrl, Driver } from './driver.ts';
import { instanceAt, type Instance } from './instance.ts';

/** Seconds between two questions at most; records that live for a shorter time are asked for sooner. */
const standardEvery = 5;

/** Seconds between two questions at least. */
const floor = 1;

/** Milliseconds until a name server counts as silent, and so often it is asked. */
const patience = { timeout: 1_000, tries: 2 };

/**
 * Services in DNS: `dns:user.shop.svc.cluster.local:50051` (A and AAAA records, as of a headless service in Kubernetes) or
 * `dns:_grpc._tcp.user.shop.svc.cluster.local` (SRV records, which know ports and weights). Parameters: `every` (seconds
 * between two questions) and `server` (host:port of the name server to ask, instead of the system's).
 */
export const dnsDriver: Driver = {
  example: 'dns:user.shop.svc.cluster.local:50051',

  source(url) {
    const { every, server } = parametersOf(url);
    const resolver = server === undefined ? undefined : new Resolver(patience);
    if (server !== undefined) resolver?.setServers([server]);
    const ask = url.rest.startsWith('_') ? services(url, resolver) : addresses(url, resolver);
    return {
      async watch(found, signal) {
        const isOver = () => signal.aborted;
        while (!isOver()) {
          const { instances, ttl } = await ask();
          if (isOver()) return;
          found(instances.toSorted((one, other) => (one.id < other.id ? -1 : 1)));
          await pause(jittered(Math.max(floor, Math.min(ttl, every)) * 1_000), signal);
        }
      },
    };
  },
};

interface Answer {
  readonly instances: readonly Instance[];
  /** Seconds that the answer is good for. */
  readonly ttl: number;
}

function addresses({ rest }: DiscoveryUrl, resolver: Resolver | undefined): () => Promise<Answer> {
  const [, host = '', port = ''] = /^([\w.-]+):(\d{1,5})$/.exec(rest) ?? [];
  if (host === '') throw new TypeError(`'dns:${rest}' is not like ${dnsDriver.example}, nor like dns:_grpc._tcp.user`);
  const at = (address: string) => instanceAt(addressOf(address, Number(port)));

  if (resolver === undefined) {
    // Names may also stand in the system's own files, which its resolver reads; that knows of no time to live.
    return async () => {
      const found = await orNone(lookup(host, { all: true }));
      return { instances: unique(found.map(({ address }) => at(address))), ttl: Infinity };
    };
  }
  return async () => {
    const [four, six] = await Promise.all([
      orNone(resolver.resolve4(host, { ttl: true })),
      orNone(resolver.resolve6(host, { ttl: true })),
    ]);
    const records = [...four, ...six];
    return {
      instances: unique(records.map(({ address }) => at(address))),
      ttl: Math.min(...records.map(({ ttl }) => ttl)),
    };
  };
}

/** The targets of the lowest priority, which are those to use first (RFC 2782). A weight of 0 is next to none, not none. */
function services({ rest: name }: DiscoveryUrl, resolver = new Resolver(patience)): () => Promise<Answer> {
  return async () => {
    const records = await orNone(resolver.resolveSrv(name));
    const first = Math.min(...records.map(({ priority }) => priority));
    const instances = records
      .filter(({ priority }) => priority === first)
      .map((record) => instanceAt(addressOf(record.name, record.port), { weight: Math.max(record.weight, 0.01) }));
    return { instances: unique(instances), ttl: Infinity };
  };
}

/** What was found, or nothing when the name server says that there is none. Any other failure is one. */
async function orNone<T>(question: Promise<readonly T[]>): Promise<readonly T[]> {
  try {
    return await question;
  } catch (error) {
    if (error instanceof Error && 'code' in error && (error.code === 'ENOTFOUND' || error.code === 'ENODATA'))
      return [];
    throw new Error(`DNS: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
  }
}

function addressOf(host: string, port: number): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
}

function unique(instances: readonly Instance[]): readonly Instance[] {
  return [...new Map(instances.map((instance) => [instance.id, instance])).values()];
}

function parametersOf({ parameters }: DiscoveryUrl): { readonly every: number; readonly server: string | undefined } {
  const { every = String(standardEvery), server, ...unknown } = parameters;
  const [name] = Object.keys(unknown);
  if (name !== undefined) throw new TypeError(`'${name}' is unknown here: URLs of DNS take every, server`);
  if (!/^[1-9]\d{0,3}$/.test(every)) throw new TypeError(`every=${every}: it is a number of seconds`);
  return { every: Number(every), server };
}
