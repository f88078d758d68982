import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { cpuOf } from '../machine.ts';
import { digits, percent, table } from '../report/table.ts';
import type { Run } from '../scenarios/scenario.ts';
import type { Subject } from '../subjects/subject.ts';
import { startSubject } from '../target.ts';
import { timeSpent } from './cpu-profile.ts';
import { Inspector } from './inspector.ts';

const connections = 64;
/** How many functions are told. */
const most = 30;

/**
 * Profiles the processes of a subject under load, one after the other, and tells where their time goes. V8 takes much
 * of what runs while sockets are read for waiting: that is the rest of what /proc counts.
 */
export async function profile(subject: Subject, { site, stack, pace }: Run): Promise<void> {
  const inspected: { readonly name: string; readonly port: number }[] = [];
  const target = await startSubject(
    {
      ...subject,
      async programs(scenario) {
        const { gateway, backends } = await subject.programs(scenario);
        const [first, ...others] = [gateway, ...backends].map((program) => {
          const [port = 0] = site.ports(1);
          inspected.push({ name: program.name, port });
          const name = `${program.name}-profiled`;
          return { ...program, name, args: [`--inspect=127.0.0.1:${port}`, ...program.args] };
        });
        return { gateway: first ?? gateway, backends: others };
      },
    },
    site,
    stack,
  );
  const job = { port: target.port, requests: target.requests, connections, seconds: 2 * pace.seconds };
  await site.load.run({ ...job, warmUp: 5 });

  const pids = Object.values(target.parts).flat();
  for (const [index, { name, port }] of inspected.entries()) {
    const pid = pids[index] ?? 0; // in the same order
    using inspector = await Inspector.connect(port);
    const started = Promise.withResolvers<undefined>();
    let before = 0;
    let after = 0;
    const { requests } = await site.load.run(
      { ...job, warmUp: 1 },
      {
        begins() {
          before = cpuOf(pid);
          void inspector.startProfile().then(() => started.resolve(undefined), started.reject);
        },
        ended: () => (after = cpuOf(pid)),
      },
    );
    await started.promise;
    const found = await inspector.stopProfile();
    const file = join(site.folder, `${name}.cpuprofile`);
    writeFileSync(file, JSON.stringify(found));
    const { groups, functions } = timeSpent(found);
    const all = after - before;
    const unseen = all - groups.reduce((sum, [, microseconds]) => sum + microseconds, 0);
    const rows = (of: typeof groups) =>
      of.map(([what, microseconds]) => [what, digits(microseconds / requests), percent(microseconds / all)]);
    site.told(`\n${name}: ${digits(all / requests)} us per request, of ${requests} (${file})\n`);
    site.told(table([['group', 'us', 'share'], ...rows([...groups, ['not in the profile', unseen]])]));
    site.told(`\n${table([['function', 'us', 'share'], ...rows(functions.slice(0, most))])}`);
  }
}
