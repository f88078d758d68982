import type { Measured } from '../results.ts';
import { measure } from '../rounds.ts';
import { startStack } from '../subjects/stack.ts';
import type { StackShape } from '../subjects/stack-plan.ts';
import { warmUp, type BenchScenario, type Run } from './scenario.ts';

/** A user from Postgres, by Prisma. */
export const database: BenchScenario = {
  name: 'database',
  title: 'GET from Postgres',
  about: '`GET /v1/users/{id}` as above, of 20 users in Postgres, read by Prisma: 64 connections.',
  measure: async (run) => inAllShapes(run, 'read'),
};

/** An order, which concerns all services. */
export const order: BenchScenario = {
  name: 'order',
  title: 'POST an order',
  about:
    '`POST /v1/orders` with two lines: the order service asks the user service for the customer and writes the order in a transaction, which Postgres brings to disk: 64 connections.',
  measure: async (run) => inAllShapes(run, 'write'),
};

async function inAllShapes(run: Run, kind: 'read' | 'write'): Promise<Measured> {
  const { site, stack, pace } = run;
  const system = await startStack(site, stack);
  const names: readonly StackShape[] = ['ko', 'ko-unary', 'ko-monolith'];
  const targets = [];
  for (const name of names) if (run.wants(name)) targets.push(await system.target(name, kind));
  const slices = await measure(targets, site, { ...pace, warmUp, warmUpRequests: 5_000, connections: 64 });
  return { slices, figures: {}, notes: [] };
}
