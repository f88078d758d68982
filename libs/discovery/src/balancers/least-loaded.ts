import type { Balancer } from '../balancer.ts';
import { weightedRandom } from './random.ts';

/**
 * Takes the less busy of two instances picked at random: nearly as even as asking all, without everybody running to the
 * same one (Mitzenmacher, "The Power of Two Choices in Randomized Load Balancing", 2001).
 */
export function leastLoaded(): Balancer {
  return (candidates) => {
    const one = weightedRandom(candidates);
    const other = weightedRandom(candidates, one);
    return other !== one && other.cost < one.cost ? other : one;
  };
}
