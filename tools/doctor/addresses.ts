/** Ports where a URL names none. */
const standardPorts: Readonly<Record<string, number>> = {
  'http:': 80,
  'https:': 443,
  'postgres:': 5432,
  'postgresql:': 5432,
  'consul:': 8500,
  'etcd:': 2379,
};

/**
 * Every host:port that a URL names, whoever it is for: `postgresql://ada:secret@db/user`, `static:a:1,b:1`,
 * `etcd://a:2379,b:2379`, or just `host:port`. Empty for names that only DNS can tell more of; undefined if it makes no sense.
 */
export function addressesIn(text: string): readonly string[] | undefined {
  const [, list] = /^(?:static|dns):([^/?]+)/.exec(text) ?? [];
  if (list !== undefined) return list.startsWith('_') ? [] : all(list.split(',').map(plainAddress));

  const [, scheme = '', authority = ''] = /^([a-z]+:)\/\/([^/?#]+)/.exec(text) ?? [];
  if (authority === '') return all([plainAddress(text)]);
  const hosts = authority.slice(authority.lastIndexOf('@') + 1).split(',');
  return all(hosts.map((host) => plainAddress(withPort(host, standardPorts[scheme]))));
}

function withPort(host: string, standard: number | undefined): string {
  return /:\d+$/.test(host) || standard === undefined ? host : `${host}:${standard}`;
}

/** Undefined unless it is host:port, with attributes behind a semicolon perhaps. */
function plainAddress(text: string): string | undefined {
  return /^\s*((?:[\w.-]+|\[[\da-fA-F:.]+\]):\d{1,5})\s*(?:;.*)?$/.exec(text)?.[1];
}

function all(addresses: readonly (string | undefined)[]): readonly string[] | undefined {
  const known = addresses.filter((address) => address !== undefined);
  return known.length === addresses.length ? known : undefined;
}
