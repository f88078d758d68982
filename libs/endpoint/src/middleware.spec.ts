import { create } from '@bufbuild/protobuf';
import { BookSchema, ConformanceService } from '@ko/contracts/conformance';
import { describe, expect, test } from 'vitest';
import { createContext, type Authenticated, type Context } from './context.ts';
import type { Endpoint, Endpoints } from './endpoint.ts';
import { chain, wrap, type Middleware } from './middleware.ts';

const { echo } = ConformanceService.method;

function noting(name: string, log: string[]): Middleware {
  return (next, method) => async (request, context) => {
    log.push(`${name} sees ${method.name}`);
    const response = await next(request, context);
    log.push(`${name} is done`);
    return response;
  };
}

const asAda: Middleware<Authenticated> = (next) => (request, context) =>
  next(request, { ...context, principal: { subject: 'users/ada', roles: [] } });

const onlySignedIn: Middleware<unknown, Authenticated> = (next) => async (request, context) => {
  if (context.principal === undefined) throw new Error('nobody is signed in');
  return next(request, context);
};

const whoAmI: Endpoint<string, string, Context & Authenticated> = (request, { principal }) =>
  Promise.resolve(`${request} ${principal?.subject ?? 'nobody'}`);

describe('chain', () => {
  test('passes a request through the layers in order, and the answer back in reverse', async () => {
    const log: string[] = [];
    const layers = chain(noting('outer', log), noting('middle', log), noting('inner', log));

    await layers(() => Promise.resolve('answer'), echo)('request', createContext());

    expect(log).toEqual([
      'outer sees Echo',
      'middle sees Echo',
      'inner sees Echo',
      'inner is done',
      'middle is done',
      'outer is done',
    ]);
  });

  test('of no layers is the endpoint itself', () => {
    const endpoint: Endpoint<string, string> = (request) => Promise.resolve(request);

    expect(chain()(endpoint, echo)).toBe(endpoint);
  });

  test('hands what a layer adds to the context to the layers inside it', async () => {
    const endpoint: Endpoint<string, string> = chain(asAda, onlySignedIn)(whoAmI, echo);

    await expect(endpoint('I am', createContext())).resolves.toBe('I am users/ada');
  });

  test('does not compile when a layer needs what none outside it adds', () => {
    // @ts-expect-error: onlySignedIn needs a principal that nothing outside it has put into the context
    const endpoint: Endpoint<string, string> = chain(onlySignedIn, asAda)(whoAmI, echo);

    expect(endpoint).toBeTypeOf('function');
  });
});

describe('wrap', () => {
  test('puts the middleware around every endpoint of a contract, and tells it the method', async () => {
    const wrapped: string[] = [];
    const spy: Middleware = (next, method) => {
      wrapped.push(method.localName);
      return next;
    };

    const endpoints = wrap(ConformanceService, conformance(), spy);

    expect(wrapped).toEqual(ConformanceService.methods.map((method) => method.localName));
    await expect(endpoints.echo(create(BookSchema, { name: 'x' }), createContext())).resolves.toMatchObject({
      name: 'x',
    });
  });
});

function conformance(): Endpoints<typeof ConformanceService> {
  const missing = () => Promise.reject(new Error('not called'));
  return {
    echo: (book) => Promise.resolve(book),
    fail: missing,
    wait: missing,
    returnMetadata: missing,
    download: missing,
    upload: missing,
    exchange: missing,
  };
}
