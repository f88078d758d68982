import { profile } from '../profile/profile.ts';
import type { Measured } from '../results.ts';
import { measure, type Pace } from '../rounds.ts';
import { installedPeers } from '../subjects/installed-peers.ts';
import { koMonolith, koMultiplexed, koUnary } from '../subjects/own.ts';
import type { Subject } from '../subjects/subject.ts';
import { startSubject, type Target } from '../target.ts';
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
  async measure(run) {
    const targets = await startAll(run, shapes, [run.site.world.largeUser]);
    return measured(run, targets, { connections: 8, warmUpRequests: 100 });
  },
};

async function compare(run: Run, kinds: 'limit' | 'any'): Promise<Measured> {
  const { subjects, notes } = await installedPeers(run, kinds);
  if (run.profile) {
    for (const shape of shapes) if (run.wants(shape.name)) await profile(shape, run);
    return { slices: [], figures: {}, notes: [] };
  }
  const targets = await startAll(run, [...shapes, ...subjects]);
  return { ...(await measured(run, targets, { connections: 64 })), notes };
}

async function startAll(run: Run, subjects: readonly Subject[], users = run.site.world.users) {
  const targets: Target[] = [];
  for (const subject of subjects) {
    if (run.wants(subject.name)) targets.push(await startSubject(subject, run.site, run.stack, users));
  }
  return targets;
}

async function measured(
  { site, pace }: Run,
  targets: readonly Target[],
  more: Pick<Pace, 'connections' | 'warmUpRequests'>,
): Promise<Measured> {
  return { slices: await measure(targets, site, { ...pace, warmUp, ...more }), figures: {}, notes: [] };
}
