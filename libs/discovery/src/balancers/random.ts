import type { Balancer } from '../balancer.ts';

/** Takes any instance, more often those of more weight. */
export function random(): Balancer {
  return (candidates) => weightedRandom(candidates);
}

/** One of the choices but that one, each as likely as its weight says; that one when there is no other. */
export function weightedRandom<C extends { readonly weight: number }>(choices: readonly [C, ...C[]], but?: C): C {
  let [picked] = choices;
  if (choices.length === 1) return picked;
  let rest = Math.random() * weightOf(choices, but);
  for (const choice of choices) {
    if (choice === but) continue;
    picked = choice;
    rest -= choice.weight;
    if (rest < 0) break;
  }
  return picked;
}

function weightOf<C extends { readonly weight: number }>(choices: readonly C[], but: C | undefined): number {
  let sum = 0;
  for (const choice of choices) if (choice !== but) sum += choice.weight;
  return sum;
}
