import { UsageError } from './command-line.ts';

/** How many instances each service has; 1 where nothing is said. */
export type Scale = Readonly<Record<string, number>>;

export const mostInstances = 20;

/** Reads texts such as `user=3` and `order=2,gateway=2`. Throws a UsageError. */
export function parseScale(texts: readonly string[], known: readonly string[]): Scale {
  const scale: Record<string, number> = {};
  for (const part of texts.flatMap((text) => text.split(','))) {
    const [, service = '', number = ''] = /^([^=]+)=(.*)$/.exec(part.trim()) ?? [];
    if (service === '') throw new UsageError(`--scale takes a service and a number, as in user=3, not '${part}'`);
    if (!known.includes(service)) {
      throw new UsageError(`--scale knows no service '${service}': there are ${known.join(', ')}`);
    }
    if (service in scale) throw new UsageError(`--scale says twice how many of ${service} there are`);
    scale[service] = parseCount(service, number);
  }
  return scale;
}

function parseCount(service: string, text: string): number {
  const count = Number(text);
  if (!/^\d+$/.test(text) || count < 1 || count > mostInstances) {
    throw new UsageError(`--scale ${service}= takes a number from 1 to ${mostInstances}, not '${text}'`);
  }
  return count;
}
