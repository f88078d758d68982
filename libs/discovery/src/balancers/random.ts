import type { Balancer } from '../balancer.ts';

/** Takes any instance, more often those of more weight. */
export function random(): Balancer {
  return weightedRandom;
}

/** One of the choices, each as likely as its weight says. */
export function weightedRandom<C extends { readonly weight: number }>(choices: readonly [C, ...C[]]): C {
  let rest = Math.random() * choices.reduce((sum, { weight }) => sum + weight, 0);
  for (const choice of choices) {
    rest -= choice.weight;
    if (rest < 0) return choice;
  }
  return choices[0];
}
