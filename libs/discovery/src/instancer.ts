/** One process that serves a contract. */
export interface Instance {
  /** host:port */
  readonly address: string;
}

/** Knows which instances of a service there are now. */
export interface Instancer {
  instances(): readonly Instance[];
}

/** Makes an instancer of what stands behind the scheme of a URL. Throws when it makes no sense. */
type Driver = (rest: string) => Instancer;

const drivers: Readonly<Record<string, Driver>> = { static: staticInstancer };

/** The instancer that a URL describes, such as `static:127.0.0.1:50051,127.0.0.1:50052`. Throws on a scheme it does not know. */
export function openInstancer(url: string): Instancer {
  const [scheme = '', ...rest] = url.split(':');
  const driver = drivers[scheme];
  if (driver === undefined) {
    throw new TypeError(
      `'${url}' names no way to find instances; it starts with one of: ${Object.keys(drivers).join(', ')}`,
    );
  }
  return driver(rest.join(':'));
}

/** Addresses that never change: `host:port`, separated by commas. */
function staticInstancer(list: string): Instancer {
  const instances = list.split(',').map((address) => ({ address: address.trim() }));
  const wrong = instances.find(({ address }) => !/^(\[[\da-fA-F:.]+\]|[^\s:/[\]]+):\d{1,5}$/.test(address));
  if (wrong !== undefined)
    throw new TypeError(`'${wrong.address}' is no address: 'static:' takes host:port, separated by commas`);
  return { instances: () => instances };
}
