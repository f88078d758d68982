import { residentOf } from '../machine.ts';
import { koMultiplexed } from '../subjects/own.ts';
import { startSubject } from '../target.ts';
import type { BenchScenario } from './scenario.ts';

const few = 64;
const many = 10_000;
/** Requests per second: a load that leaves room. */
const rate = 1_000;

/** Many connections, each of which asks now and then. */
export const connections: BenchScenario = {
  name: 'connections',
  title: '10,000 connections',
  about: `${many.toLocaleString('en')} keep-alive connections and ${rate.toLocaleString('en')} requests per second over all of them, beside the same load over ${few}. Latencies count from when a request was due.`,
  async measure({ site, stack, pace }) {
    const target = await startSubject(koMultiplexed, site, stack);
    const [gateway = 0] = target.parts.gateway ?? [];
    const seconds = pace.rounds * pace.seconds;
    const job = { port: target.port, requests: target.requests, rate };
    let before = 0;
    let after = 0;
    await site.load.run(
      { ...job, connections: few, warmUp: 10, seconds },
      { ended: () => (before = residentOf(gateway)) },
    );
    site.told(`${few} connections: the gateway has ${before.toFixed(0)} MB`);
    const result = await site.load.run(
      { ...job, connections: many, warmUp: 10, seconds },
      { ended: () => (after = residentOf(gateway)) },
    );
    site.load.close();
    target.check();
    site.told(`${many} connections: the gateway has ${after.toFixed(0)} MB; errors ${JSON.stringify(result.errors)}`);
    return {
      slices: [],
      figures: {
        requests: result.requests,
        errors: Object.values(result.errors).reduce((sum, count) => sum + count, 0),
        'KB per connection': ((after - before) * 1_024) / (many - few),
        'p50 ms': result.p50,
        'p99 ms': result.p99,
        'gateway MB before': before,
        'gateway MB': after,
      },
      notes: [],
    };
  },
};
