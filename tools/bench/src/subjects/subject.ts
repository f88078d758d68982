import type { InstalledPeer, Peer, Programs, Scenario } from '../peers/peer.ts';
import type { TokenKind } from '../world.ts';

/** Something that answers `GET /v1/users/{id}`, to be measured. */
export interface Subject {
  readonly name: string;
  /** How its tokens are signed. */
  readonly tokens: TokenKind;
  programs(scenario: Scenario): Promise<Programs>;
}

export function subjectOf({ name, tokens }: Peer, installed: InstalledPeer): Subject {
  return { name, tokens, programs: (scenario) => installed.programs(scenario) };
}
