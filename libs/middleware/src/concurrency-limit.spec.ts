import { ConformanceService } from '@ko/contracts/conformance';
import { createContext } from '@ko/endpoint';
import { describe, expect, test } from 'vitest';
import { concurrencyLimit } from './concurrency-limit.ts';

const { download } = ConformanceService.method;

describe('concurrency limit', () => {
  test('a stream keeps its place until it is over', async () => {
    async function* one() {
      yield 1;
    }
    const limited = concurrencyLimit({ limit: 1 })(async () => one(), download);

    const stream = await limited(null, createContext());

    await expect(limited(null, createContext())).rejects.toMatchObject({
      code: 'resource_exhausted',
      reason: 'OVERLOADED',
    });
    await Array.fromAsync(stream);
    await expect(limited(null, createContext())).resolves.toBeDefined();
  });
});
