import { ConformanceService } from '@ko/contracts/conformance';
import { createContext, makeEndpoints, type Context } from '@ko/endpoint';
import { expect, test } from 'vitest';
import { describeTransport } from './conformance/suite.ts';
import { local } from './local.ts';

describeTransport('local', async (endpoints) => ({
  client: local(ConformanceService, endpoints),
  close: async () => {},
}));

test('a call in the same process needs no place of its own at the limiter', async () => {
  const limiter = {};
  const places: unknown[] = [];
  const endpoints = makeEndpoints<typeof ConformanceService, Context>(
    ConformanceService,
    () =>
      async (_, { place }) => {
        places.push(place);
        return {};
      },
  );

  await local(ConformanceService, endpoints).echo({}, createContext({ place: limiter }));

  expect(places).toEqual([limiter]);
});
