import {
  consistentHash,
  leastLoaded,
  openSource,
  random,
  roundRobin,
  type Balancer,
  type Call,
  type Preference,
  type Source,
} from '@ko/discovery';
import { Secret, secretDiscoveryUrl } from './secret.ts';

/** How to find the instances of a service, and how to choose among them. */
export interface Way {
  readonly source: Source;
  readonly balancer: Balancer;
  /** Without a zone it is that of whoever calls. */
  readonly preference: Preference;
}

const balancers: Readonly<Record<string, (key: string) => Balancer>> = {
  least_loaded: leastLoaded,
  round_robin: roundRobin,
  random,
  consistent_hash: (key) => consistentHash((call) => keyOf(call, key)),
};

/**
 * Takes a URL such as `consul://127.0.0.1:8500/user?balancer=round_robin&split=1.4:95,1.5:5` apart: the driver's part, and
 * `balancer`, `key`, `zone` and `split`. Throws a TypeError that says what is wrong with it.
 */
export function parseWay(url: string): Way {
  const [target = '', query = ''] = url.split('?');
  const {
    balancer = 'least_loaded',
    key = '',
    zone,
    split,
    ...others
  } = Object.fromEntries(new URLSearchParams(query));
  const rest = new URLSearchParams(others).toString();
  const make = Object.hasOwn(balancers, balancer) ? balancers[balancer] : undefined;
  if (make === undefined)
    throw new TypeError(`balancer=${balancer}: it is one of ${Object.keys(balancers).join(', ')}`);
  if ((balancer === 'consistent_hash') !== (key !== '')) {
    throw new TypeError(`balancer=consistent_hash takes a key=, 'peer' or the name of metadata, and no other does`);
  }
  return {
    source: openSource(rest === '' ? target : `${target}?${rest}`),
    balancer: make(key),
    preference: { ...(zone !== undefined && { zone }), ...(split !== undefined && { split: parseSplit(split) }) },
  };
}

/** Schema of a URL that says how to find the instances of a service, such as `static:127.0.0.1:50051`. */
export function neighbourUrl(standard: string) {
  return secretDiscoveryUrl(parseWay).default(new Secret(standard, { shown: standard }));
}

/** The variable that says how to find a service: `USER_URL` for user. */
export type UrlVariable<Service extends string> = `${Uppercase<Snake<Service>>}_URL`;

type Snake<Text extends string> = Text extends `${infer Head}-${infer Tail}` ? `${Head}_${Snake<Tail>}` : Text;

export function urlVariable<Service extends string>(service: Service): UrlVariable<Service> {
  return `${service.replaceAll('-', '_').toUpperCase()}_URL` as UrlVariable<Service>; // The type says the same.
}

/** For each service the schema of the variable that says how to find it, by what is so unless the variable is set. */
export function neighbourUrls<Service extends string>(standards: Readonly<Record<Service, { readonly url: string }>>) {
  const entries = Object.entries<{ readonly url: string }>(standards).map(
    ([service, { url }]) => [urlVariable(service), neighbourUrl(url)] as const,
  );
  return Object.fromEntries(entries) as Readonly<Record<UrlVariable<Service>, ReturnType<typeof neighbourUrl>>>; // One for each.
}

function parseSplit(text: string): Readonly<Record<string, number>> {
  const shares = text.split(',').map((share) => {
    const [, version = '', weight] = /^([^:]+):(\d+(?:\.\d+)?)$/.exec(share.trim()) ?? [];
    if (weight === undefined) throw new TypeError(`split=${text}: it takes version:share, such as 1.4:95,1.5:5`);
    return [version, Number(weight)] as const;
  });
  return Object.fromEntries(shares);
}

function keyOf({ context }: Call, name: string): string | undefined {
  if (name === 'peer') return context.peer === '' ? undefined : context.peer;
  return context.outgoing[name] ?? context.metadata[name];
}
