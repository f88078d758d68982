import { once } from 'node:events';
import type { Driver } from './driver.ts';
import { instanceAt, isAddress, type Instance } from './instance.ts';

/**
 * Addresses that never change, separated by commas: `static:127.0.0.1:50051,127.0.0.1:50052`. Each may be followed by
 * what else is known of it: `static:a:1;zone=north;version=2;weight=3`.
 */
export const staticDriver: Driver = {
  example: 'static:127.0.0.1:50051,127.0.0.1:50052',

  source({ rest }) {
    const instances = rest.split(',').map(parse);
    return {
      async watch(found, signal) {
        found(instances);
        if (!signal.aborted) await once(signal, 'abort');
      },
    };
  },
};

function parse(text: string): Instance {
  const [address = '', ...attributes] = text.split(';').map((part) => part.trim());
  if (!isAddress(address)) {
    throw new TypeError(`'${address}' is no address: 'static:' takes host:port, separated by commas`);
  }
  const known = Object.fromEntries(attributes.map((attribute) => attributeOf(attribute)));
  const { zone = '', version = '', weight = '1', ...unknown } = known;
  const [name] = Object.keys(unknown);
  if (name !== undefined) throw new TypeError(`'${name}': of an address one can say zone, version and weight`);
  if (!/^\d+(\.\d+)?$/.test(weight)) throw new TypeError(`weight=${weight}: a weight is a number, such as 0.5 or 2`);
  return instanceAt(address, { zone, version, weight: Number(weight) });
}

function attributeOf(text: string): readonly [string, string] {
  const [name = '', value = ''] = text.split('=');
  return [name, value];
}
