import type { Balancer } from '../balancer.ts';

/** Takes the instances in turn, each as often as its weight says, evenly spread (nginx's smooth weighted round robin). */
export function roundRobin(): Balancer {
  let credits = new Map<string, number>();

  return (candidates) => {
    const next = new Map<string, number>();
    let total = 0;
    let [picked] = candidates;
    let most = -Infinity;
    for (const candidate of candidates) {
      const credit = (credits.get(candidate.instance.id) ?? 0) + candidate.weight;
      next.set(candidate.instance.id, credit);
      total += candidate.weight;
      if (credit > most) [picked, most] = [candidate, credit];
    }
    next.set(picked.instance.id, most - total);
    credits = next;
    return picked;
  };
}
