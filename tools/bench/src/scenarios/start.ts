import { setTimeout as delay } from 'node:timers/promises';
import { buildApp } from '@ko/build';
import { residentOf } from '../machine.ts';
import type { RunningProgram } from '../running-program.ts';
import { median } from '../statistics.ts';
import { npmStart } from '../subjects/npm-start.ts';
import { root } from '../subjects/own.ts';
import { startStack } from '../subjects/stack.ts';
import { startProgram } from '../target.ts';
import { untilAnswered } from '../until.ts';
import type { BenchScenario } from './scenario.ts';

/** Milliseconds after which a process has nothing more to do at once. */
const idleAfter = 5_000;

/** How long it takes until things are there, and what they need then. */
export const start: BenchScenario = {
  name: 'start',
  title: 'Start and memory',
  about:
    'Each process as `npm run build` makes it, its neighbours running, from its start until it says that it is ready; its memory then, without load. `npm start` on databases that are there already, until somebody has signed in.',
  async measure({ site, stack, pace }) {
    const { programs } = (await startStack(site, stack)).plan('ko-built');
    for (const name of Object.keys(programs)) await buildApp(name, root);
    const running: Record<string, RunningProgram> = {};
    const figures: Record<string, number> = {};
    const startOne = async (name: string): Promise<number> => {
      const planned = programs[name];
      if (planned === undefined) throw new Error(`there is no ${name}`);
      await running[name]?.stop();
      const since = performance.now();
      running[name] = startProgram(planned.program, site, stack);
      await untilAnswered(planned.readyUrl, {}, { every: 5 });
      return performance.now() - since;
    };

    for (const name of Object.keys(programs)) await startOne(name);
    await delay(idleAfter);
    for (const [name, { pid }] of Object.entries(running)) figures[`${name}: idle, MB`] = residentOf(pid);
    for (const name of Object.keys(programs)) {
      const times: number[] = [];
      for (let round = 1; round <= pace.rounds; round++) times.push(await startOne(name));
      figures[`${name}: ready, s`] = median(times) / 1_000;
      site.told(`${name} is ready after ${listOf(times)} ms`);
    }
    for (const one of Object.values(running)) await one.stop();

    await npmStart(site, 'npm-start'); // It makes the databases.
    const times = [];
    for (let round = 1; round <= 3; round++) times.push(await npmStart(site, 'npm-start'));
    site.told(`npm start answers after ${listOf(times)} ms`);
    return { slices: [], figures: { ...figures, 'npm start: first answer, s': median(times) / 1_000 }, notes: [] };
  },
};

function listOf(times: readonly number[]): string {
  return times.map((time) => Math.round(time)).join(', ');
}
