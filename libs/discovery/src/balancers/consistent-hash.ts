import { hash } from 'node:crypto';
import type { Balancer, Call } from '../balancer.ts';

/**
 * Takes the same instance for the same key as long as it is there: when one comes or goes, only its own keys move.
 * Weighted rendezvous hashing (Thaler, Ravishankar 1998; Schindelhauer, Schomaker 2005). Calls without a key go anywhere.
 */
export function consistentHash(keyOf: (call: Call) => string | undefined): Balancer {
  return (candidates, call) => {
    const key = keyOf(call) ?? String(Math.random());
    let [picked] = candidates;
    let best = -Infinity;
    for (const candidate of candidates) {
      const score = -candidate.weight / Math.log(placeOf(`${key}\0${candidate.instance.address}`));
      if (score > best) [picked, best] = [candidate, score];
    }
    return picked;
  };
}

/** Above 0, below 1, evenly spread. */
function placeOf(text: string): number {
  const bits = hash('sha1', text, 'buffer').readUInt32BE();
  return (bits + 0.5) / 2 ** 32;
}
