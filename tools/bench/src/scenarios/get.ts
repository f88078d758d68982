import { profile } from '../profile/profile.ts';
import type { Measured } from '../results.ts';
import { measure, sharedOut, type Pace, type Slice } from '../rounds.ts';
import { installedPeers } from '../subjects/installed-peers.ts';
import { koMonolith, koMultiplexed, koUnary } from '../subjects/own.ts';
import type { Subject } from '../subjects/subject.ts';
import { startSubject, type Target } from '../target.ts';
import type { World } from '../world.ts';
import { warmUp, type BenchScenario, type Run } from './scenario.ts';

const shapes = [koMultiplexed, koUnary, koMonolith];
const request = '`GET /v1/users/{id}` with a bearer token';

/** A user from memory, from ko in its shapes and from the least that a gateway can be. */
export const get: BenchScenario = {
  name: 'get',
  title: 'GET from memory',
  about: `${request}: 1,000 users and tokens, 64 connections, each of which asks again as soon as it has its answer.`,
  measure: async (run) => compare(run, 'limit'),
};

/** The same, also from what others build with other tools. */
export const peers: BenchScenario = {
  name: 'peers',
  title: 'GET from memory, beside go-kit, NestJS and Moleculer',
  about: `${request}, as above; all of it in the same run.`,
  measure: async (run) => compare(run, 'any'),
};

/** A message of a megabyte. */
export const large: BenchScenario = {
  name: 'large',
  title: 'Responses of 1 MB',
  about: `${request}, of a user whose message has a megabyte: 8 connections.`,
  measure: (run) => measured(run, shapes, { users: [run.site.world.largeUser], connections: 8, warmUpRequests: 100 }),
};

async function compare(run: Run, kinds: 'limit' | 'any'): Promise<Measured> {
  const { subjects, notes } = await installedPeers(run, kinds);
  if (run.profile) {
    for (const shape of shapes) if (run.wants(shape.name)) await profile(shape, run);
    return { slices: [], figures: {}, notes: [] };
  }
  return { ...(await measured(run, [...shapes, ...subjects], { connections: 64 })), notes };
}

interface Asked extends Pick<Pace, 'connections' | 'warmUpRequests'> {
  /** Who is asked for; all users, unless said. */
  readonly users?: World['users'];
}

/**
 * Measures the subjects beside each other, each in several processes one after the other: what code is compiled to, and
 * where it lies, is not the same from start to start.
 */
async function measured(run: Run, subjects: readonly Subject[], { users, ...asked }: Asked): Promise<Measured> {
  const wanted = subjects.filter(({ name }) => run.wants(name));
  const slices: Slice[] = [];
  let done = 0;
  for (const rounds of sharedOut(run.pace.rounds, run.starts)) {
    await using stack = run.stack.use(new AsyncDisposableStack());
    const targets: Target[] = [];
    for (const subject of wanted) targets.push(await startSubject(subject, run.site, stack, users));
    slices.push(...(await measure(targets, run.site, { ...run.pace, ...asked, warmUp, rounds, done })));
    done += rounds;
  }
  return { slices, figures: {}, notes: [] };
}
