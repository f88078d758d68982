import { afterAll, beforeAll, describe } from 'vitest';
import { Caller } from './client.ts';
import { journeys } from './journeys.ts';
import { lifecycle } from './lifecycle.ts';
import { outages } from './outages.ts';
import { refusals } from './refusals.ts';
import { System } from './system.ts';

describe('ko as processes', () => {
  const system = new System('processes');
  const api = new Caller(() => system.url);

  beforeAll(() => system.start(), 120_000);
  afterAll(() => system.remove(), 60_000);

  journeys(api);
  refusals(api);
  outages(system, api);
  lifecycle(system, api);
});
