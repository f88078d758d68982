import { afterAll, beforeAll, describe } from 'vitest';
import { Caller } from './client.ts';
import { journeys } from './journeys.ts';
import { lifecycle } from './lifecycle.ts';
import { refusals } from './refusals.ts';
import { System } from './system.ts';

describe('ko as a monolith', () => {
  const system = new System('monolith');
  const api = new Caller(() => system.url);

  beforeAll(() => system.start(), 120_000);
  afterAll(() => system.remove(), 60_000);

  journeys(api);
  refusals(api);
  lifecycle(system, api);
});
