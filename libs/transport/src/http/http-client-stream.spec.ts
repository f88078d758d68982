import { ConformanceService } from '@ko/contracts/conformance';
import { createContext } from '@ko/endpoint';
import { describe, expect, test } from 'vitest';
import { httpClient } from './http-client.ts';

describe('a stream whose last line does not end', () => {
  const names = async (last: string) => {
    const send: typeof fetch = async () => new Response(`{"result":{"name":"a"}}\n${last}`);
    const other = httpClient(ConformanceService, 'http://test', { fetch: send });
    const books = await Array.fromAsync(await other.download({}, createContext()));
    return books.map(({ name }) => name);
  };

  test('has all its messages', async () => {
    expect(await names('{"result":{"name":"ä"}}')).toEqual(['a', 'ä']);
  });

  test.each([
    ['{"error":{"code":"data_loss","status":500,"detail":"torn"}}', { code: 'data_loss', message: 'torn' }],
    ['{"result":{"na', { code: 'unavailable' }],
  ])('fails as it was told, or cut: %s', async (last, error) => {
    await expect(names(last)).rejects.toMatchObject(error);
  });
});
