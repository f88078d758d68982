import { consulDriver } from './consul.ts';
import { dnsDriver } from './dns.ts';
import type { DiscoveryUrl, Driver, Registry, Source } from './driver.ts';
import { etcdDriver } from './etcd.ts';
import { staticDriver } from './static.ts';

/** By the scheme of their URLs. A new driver is one more line. */
const drivers: Readonly<Record<string, Driver>> = {
  static: staticDriver,
  consul: consulDriver,
  dns: dnsDriver,
  etcd: etcdDriver,
};

/** What finds the instances that a URL names, such as `consul://127.0.0.1:8500/user`. Throws a TypeError when it makes no sense. */
export function openSource(text: string): Source {
  const url = parse(text);
  return driverOf(url, Object.keys(drivers)).source(url);
}

/** What registers processes, such as `consul://127.0.0.1:8500`. Throws a TypeError when the URL makes no sense. */
export function openRegistry(text: string): Registry {
  const url = parse(text);
  const able = Object.keys(drivers).filter((scheme) => drivers[scheme]?.registry !== undefined);
  const { registry } = driverOf(url, able);
  if (registry === undefined) throw unknownScheme(text, able);
  return registry(url);
}

function parse(text: string): DiscoveryUrl {
  const [, scheme = '', rest = '', query = ''] = /^([^:]*):?([^?]*)\??(.*)$/s.exec(text) ?? [];
  return { text, scheme, rest, parameters: Object.fromEntries(new URLSearchParams(query)) };
}

function driverOf({ text, scheme }: DiscoveryUrl, known: readonly string[]): Driver {
  const driver = Object.hasOwn(drivers, scheme) ? drivers[scheme] : undefined;
  if (driver === undefined) throw unknownScheme(text, known);
  return driver;
}

function unknownScheme(text: string, known: readonly string[]): TypeError {
  return new TypeError(`'${text}' has to start with one of: ${known.map((scheme) => `${scheme}:`).join(', ')}`);
}
