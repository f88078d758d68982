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

/** What a name server answers when it knows no such name, or no such record of it. */
const noRecords: readonly string[] = ['ENOTFOUND', 'ENODATA'];

/**
 * Services in DNS: `dns:user.shop.svc.cluster.local:50051` (A and AAAA records, as of a headless service in Kubernetes) or
 * `dns:_grpc._tcp.user.shop.svc.cluster.local` (SRV records, which know ports and weights). Parameters: `every` (seconds
 * between two questions) and `server` (host:port of the name server to ask, instead of the system's).
 */
export const dnsDriver: Driver = {
  example: 'dns:user.shop.svc.cluster.local:50051',

  source(url) {
    const { every, server } = parametersOf(url);
    const ask = url.rest.startsWith('_') ? services(url) : addresses(url, server === undefined);
    resolverOf(server);
    return {
      async watch(found, signal) {
        const resolver = resolverOf(server);
        const cancel = () => resolver.cancel();
        const isOver = () => signal.aborted;
        signal.addEventListener('abort', cancel);
        try {
          while (!isOver()) {
            const { instances, ttl } = await ask(resolver);
            if (isOver()) return;
            found(instances.toSorted((one, other) => (one.id < other.id ? -1 : 1)));
            await pause(jittered(Math.max(floor, Math.min(ttl, every)) * 1_000), signal);
          }
        } catch (error) {
          if (!isOver()) throw error;
        } finally {
          signal.removeEventListener('abort', cancel);
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

type Ask = (resolver: Resolver) => Promise<Answer>;

/** With `lookUp`, names that no name server knows are looked up as the system does it, such as in its own files. */
function addresses({ rest }: DiscoveryUrl, lookUp: boolean): Ask {
  const [, host = '', port = ''] = /^([\w.-]+):(\d{1,5})$/.exec(rest) ?? [];
  if (host === '') throw new TypeError(`'dns:${rest}' is not like ${dnsDriver.example}, nor like dns:_grpc._tcp.user`);
  const at = (address: string) => instanceAt(addressOf(address, Number(port)));

  return async (resolver) => {
    const nobody = lookUp ? [...noRecords, 'ECONNREFUSED'] : noRecords;
    const [four, six] = await Promise.all([
      orNone(resolver.resolve4(host, { ttl: true }), nobody),
      orNone(resolver.resolve6(host, { ttl: true }), nobody),
    ]);
    const records = [...four, ...six];
    if (records.length === 0 && lookUp) {
      // Not asked first: while a name server is silent it holds one of the process's few threads, and cannot be cancelled.
      const found = await orNone(lookup(host, { all: true }));
      return { instances: unique(found.map(({ address }) => at(address))), ttl: Infinity };
    }
    return {
      instances: unique(records.map(({ address }) => at(address))),
      ttl: Math.min(...records.map(({ ttl }) => ttl)),
    };
  };
}

/** The targets of the lowest priority, which are those to use first (RFC 2782). A weight of 0 is next to none, not none. */
function services({ rest: name }: DiscoveryUrl): Ask {
  if (!/^_[\w-]+\._[\w-]+\.[\w.-]+$/.test(name)) throw new TypeError(`'dns:${name}' is not like dns:_grpc._tcp.user`);
  return async (resolver) => {
    // The root as a target says that there is no such service.
    const records = (await orNone(resolver.resolveSrv(name))).filter((record) => record.name !== '');
    const first = Math.min(...records.map(({ priority }) => priority));
    const instances = records
      .filter(({ priority }) => priority === first)
      .map((record) => instanceAt(addressOf(record.name, record.port), { weight: Math.max(record.weight, 0.01) }));
    return { instances: unique(instances), ttl: Infinity };
  };
}

/** What was found, or nothing when the name server says that there is none. Any other failure is one. */
async function orNone<T>(
  question: Promise<readonly T[]>,
  nobody: readonly string[] = noRecords,
): Promise<readonly T[]> {
  try {
    return await question;
  } catch (error) {
    if (error instanceof Error && 'code' in error && nobody.includes(String(error.code))) return [];
    throw new Error(`DNS: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
  }
}

/** What asks a name server, or the system's. */
function resolverOf(server: string | undefined): Resolver {
  const resolver = new Resolver(patience);
  try {
    if (server !== undefined) resolver.setServers([server]);
  } catch (cause) {
    throw new TypeError(`server=${server}: it is ip:port`, { cause });
  }
  return resolver;
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
