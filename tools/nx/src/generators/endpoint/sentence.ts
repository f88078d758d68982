import type { EndpointPlan } from './plan.ts';

/** What a method does, as its name says it: `Settles a payment.` for SettlePayment. */
export function sentenceOf({ method, action, resource }: Pick<EndpointPlan, 'method' | 'action' | 'resource'>): string {
  const [verb = '', ...rest] = action.words.split(' ');
  const isDoneToOne = rest.length === 0 && method.kebab === `${action.kebab}-${resource.kebab}`;
  const object = isDoneToOne ? [withArticle(resource.words)] : method.words.split(' ').slice(1);
  const sentence = [thirdPerson(verb), ...object].join(' ');
  return `${sentence.charAt(0).toUpperCase()}${sentence.slice(1)}.`;
}

/** `a payment`, `an order`. */
export function withArticle(words: string): string {
  return `${/^([aeio]|u(?!s|ni))/.test(words) ? 'an' : 'a'} ${words}`;
}

function thirdPerson(verb: string): string {
  if (/[^aeiou]y$/.test(verb)) return `${verb.slice(0, -1)}ies`;
  return /(s|x|z|ch|sh|o)$/.test(verb) ? `${verb}es` : `${verb}s`;
}
