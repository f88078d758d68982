import { cleanOf } from '../results.ts';
import { measure } from '../rounds.ts';
import { median } from '../statistics.ts';
import { koMultiplexed } from '../subjects/own.ts';
import { startProgram, startSubject } from '../target.ts';
import { untilAnswered } from '../until.ts';
import { warmUp, type BenchScenario } from './scenario.ts';

const connections = 512;
/** What each gateway gets of the requests that one can answer: both share a core here, and their load has the other. */
const share = 0.3;
const names = { one: 'one gateway', two: 'two gateways' };

/** What a second gateway on the same port adds. */
export const twoGateways: BenchScenario = {
  name: 'two-gateways',
  title: 'Two gateways on one port',
  about:
    'One gateway, and two that listen on the same port (`REUSE_PORT`) at twice the rate. Two that are busy would need more than the two cores that there are with their load, so each gets as many requests as it can answer in a third of the time, and what counts is CPU: n gateways answer as many requests as the busiest of them has time for.',
  async measure({ site, stack, pace }) {
    const reusing = { ...koMultiplexed, programs: withReusePort };
    const single = { ...(await startSubject(reusing, site, stack)), name: names.one };
    const pair = await startSubject(reusing, site, stack);
    const [second, adminPort] = await secondGateway();
    await untilAnswered(`http://127.0.0.1:${adminPort}/readyz`);
    const double = {
      ...pair,
      name: names.two,
      parts: { ...pair.parts, 'second gateway': [second.pid] },
    };
    const common = { ...pace, warmUp, connections };
    const [trial] = await measure([single, double], site, { ...common, rounds: 1 });
    const rate = Math.round(((trial?.load.requests ?? 0) / (trial?.load.seconds ?? 1)) * share);
    const slices = await measure(
      [
        { ...single, rate },
        { ...double, rate: 2 * rate },
      ],
      site,
      common,
    );

    const speedUps = cleanOf(slices).flatMap(({ target, round, cpu }) => {
      const alone = slices.find((other) => other.target === names.one && other.round === round)?.cpu.gateway;
      const busiest = Math.max(cpu.gateway ?? 0, cpu['second gateway'] ?? 0);
      return target === names.two && alone !== undefined ? [alone / busiest] : [];
    });
    return { slices, figures: { 'times as many requests': median(speedUps) }, notes: [] };

    async function secondGateway() {
      const [admin = 0] = site.ports(1);
      const { gateway } = await withReusePort(pair.scenario);
      const program = {
        ...gateway,
        name: `${gateway.name}-2`,
        env: { ...gateway.env, ADMIN_ADDRESS: `127.0.0.1:${admin}` },
      };
      return [startProgram(program, site, stack, 'front'), admin] as const;
    }
  },
};

async function withReusePort(scenario: Parameters<typeof koMultiplexed.programs>[0]) {
  const { gateway, backends } = await koMultiplexed.programs(scenario);
  return { gateway: { ...gateway, env: { ...gateway.env, REUSE_PORT: 'true' } }, backends };
}
