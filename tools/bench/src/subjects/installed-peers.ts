import { join } from 'node:path';
import { peers } from '../peers/all.ts';
import { UnavailableError, type Peer } from '../peers/peer.ts';
import type { Run } from '../scenarios/scenario.ts';
import { bareFastify } from './bare-fastify.ts';
import { root } from './own.ts';
import { subjectOf, type Subject } from './subject.ts';

/** What ko is measured beside, installed where it can be. */
export async function installedPeers(
  { site, wants }: Run,
  kinds: Peer['kind'] | 'any',
): Promise<{ readonly subjects: readonly Subject[]; readonly notes: readonly string[] }> {
  const subjects: Subject[] = wants(bareFastify.name) ? [bareFastify] : [];
  const notes: string[] = [];
  for (const peer of peers) {
    if (!wants(peer.name) || (kinds !== 'any' && peer.kind !== kinds)) continue;
    try {
      site.told(`${peer.name} is installed, where it is not yet`);
      const installed = await peer.install(join(root, '.ko/bench/peers', peer.name));
      subjects.push(subjectOf(peer, installed));
      notes.push(`${peer.name} is ${installed.version}.`, ...peer.differs.map((text) => `${peer.name}: ${text}`));
    } catch (error) {
      if (!(error instanceof UnavailableError)) throw error;
      notes.push(`${peer.name} was not measured: ${error.message}`);
    }
  }
  return { subjects, notes };
}
