import { goKit } from './go-kit.ts';
import { moleculer } from './moleculer.ts';
import { nestjs } from './nestjs.ts';
import { nginx } from './nginx.ts';
import type { Peer } from './peer.ts';

/** Who can be measured beside ko. */
export const peers: readonly Peer[] = [goKit, nestjs, moleculer, nginx];
