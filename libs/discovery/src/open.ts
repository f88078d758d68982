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
  if (registry === undefined) throw unfit(url, able);
  return registry(url);
}

function parse(text: string): DiscoveryUrl {
  const [, scheme = '', rest = '', query = ''] = /^([^:]*):?([^?]*)\??(.*)$/s.exec(text) ?? [];
  return { scheme, rest, parameters: Object.fromEntries(new URLSearchParams(query)) };
}

function driverOf(url: DiscoveryUrl, known: readonly string[]): Driver {
  const driver = Object.hasOwn(drivers, url.scheme) ? drivers[url.scheme] : undefined;
  if (driver === undefined) throw unfit(url, known);
  return driver;
}

/** Of a URL that nobody understands any part but the first may be a secret. */
function unfit({ scheme }: DiscoveryUrl, known: readonly string[]): TypeError {
  const schemes = known.map((name) => `${name}:`).join(', ');
  return new TypeError(`'${scheme}:…' does not do here: the URL has to start with one of: ${schemes}`);
}
