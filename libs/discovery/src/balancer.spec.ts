import { ConformanceService } from '@ko/contracts/conformance';
import { createContext, makeClient } from '@ko/endpoint';
import { describe, expect, test } from 'vitest';
import { balance } from './balancer.ts';
import { openInstancer, type Instance } from './instancer.ts';

const { method } = ConformanceService;

function named({ address }: Instance) {
  return makeClient(
    ConformanceService,
    () => () => Promise.resolve({ $typeName: method.echo.output.typeName, name: address }),
  );
}

describe('balance', () => {
  test('takes the instances in turn', async () => {
    const client = balance(ConformanceService, openInstancer('static:a:1, b:2'), named);

    const answers = [];
    for (let i = 0; i < 4; i++) answers.push((await client.echo({}, createContext())).name);

    expect(answers).toEqual(['a:1', 'b:2', 'a:1', 'b:2']);
  });

  test('makes the client of an instance once', async () => {
    const made: string[] = [];
    const client = balance(ConformanceService, openInstancer('static:a:1'), (instance) => {
      made.push(instance.address);
      return named(instance);
    });

    await client.echo({}, createContext());
    await client.echo({}, createContext());

    expect(made).toEqual(['a:1']);
  });

  test('rejects with unavailable while there is no instance', async () => {
    const client = balance(ConformanceService, { instances: () => [] }, named);

    await expect(client.echo({}, createContext())).rejects.toMatchObject({
      code: 'unavailable',
      reason: 'NO_INSTANCE',
      message: expect.stringContaining('ko.conformance.v1.ConformanceService') as string,
    });
  });
});

describe('openInstancer', () => {
  test('knows the addresses of a static URL', () => {
    expect(openInstancer('static:a:1,[::1]:50051').instances()).toEqual([
      { address: 'a:1' },
      { address: '[::1]:50051' },
    ]);
  });

  test.each([
    ['zookeeper://a:1', /starts with one of: static/],
    ['static:a', /takes host:port/],
    ['static:', /takes host:port/],
  ])('refuses %s and says what is right', (url, message) => {
    expect(() => openInstancer(url)).toThrow(message);
  });
});
