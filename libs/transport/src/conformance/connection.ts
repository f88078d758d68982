import type { EventEmitter } from 'node:events';
import type { ConformanceService } from '@ko/contracts/conformance';
import type { Client } from '@ko/endpoint';
import type { ProbeEvents } from './implementation.ts';

/** Both ends of a transport, as the tests of the suite use them. */
export interface Connection {
  /** Not to be had before the tests run. */
  readonly client: Client<typeof ConformanceService>;
  readonly probe: EventEmitter<ProbeEvents>;
}

export async function collect<T>(stream: AsyncIterable<T>): Promise<readonly T[]> {
  const items: T[] = [];
  for await (const item of stream) items.push(item);
  return items;
}

export async function* streamOf<T>(...items: readonly T[]): AsyncGenerator<T> {
  yield* items;
}
