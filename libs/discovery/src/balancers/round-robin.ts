import type { Balancer } from '../balancer.ts';
import type { Instance } from '../instance.ts';

/** Takes the instances in turn, each as often as its weight says, evenly spread (nginx's smooth weighted round robin). */
export function roundRobin(): Balancer {
  const credits = new WeakMap<Instance, number>();

  return (candidates) => {
    let total = 0;
    let [picked] = candidates;
    let most = -Infinity;
    for (const candidate of candidates) {
      const { instance, weight } = candidate;
      const credit = (credits.get(instance) ?? 0) + weight;
      credits.set(instance, credit);
      total += weight;
      if (credit > most) [picked, most] = [candidate, credit];
    }
    credits.set(picked.instance, most - total);
    return picked;
  };
}
