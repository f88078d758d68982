import { describe, expect, test } from 'vitest';
import { instanceAt } from './instance.ts';
import { openSource } from './open.ts';

async function instancesAt(url: string) {
  return new Promise((resolve) => void openSource(url).watch(resolve, new AbortController().signal));
}

describe('the driver static', () => {
  test('knows its addresses at once', async () => {
    expect(await instancesAt('static:a:1, [::1]:50051')).toEqual([instanceAt('a:1'), instanceAt('[::1]:50051')]);
  });

  test('knows what is said of an address', async () => {
    expect(await instancesAt('static:a:1;zone=north;version=1.5;weight=0.5,b:2')).toEqual([
      instanceAt('a:1', { zone: 'north', version: '1.5', weight: 0.5 }),
      instanceAt('b:2'),
    ]);
  });

  test.each([
    ['static:', /takes host:port/],
    ['static:a', /takes host:port/],
    ['static:a:1;color=red', /'color': of an address one can say zone, version and weight/],
    ['static:a:1;weight=much', /a weight is a number/],
    ['zookeeper://a:1', /has to start with one of: static:, consul:, dns:, etcd:/],
  ])('refuses %s and says what is right', (url, message) => {
    expect(() => openSource(url)).toThrow(message);
  });

  test('ends with its signal', async () => {
    await expect(openSource('static:a:1').watch(() => {}, AbortSignal.timeout(1))).resolves.toBeUndefined();
  });
});
