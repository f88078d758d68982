import type { Brand } from './brand.ts';

/** A pattern without groups, and what takes the place of its matches. */
type Rule = readonly [pattern: string, replacement: string];

/** Forms that can be nothing but the name of the workspace, wherever they stand. */
export function withForms(text: string, from: Brand, to: Brand): string {
  return replacedAtOnce(text, [
    // The npm scope: @acme/endpoint, and as a part of a pattern, '^@acme/(?!data$)'.
    [`(?<![\\w.-])@${from.name}(?![\\w.-])`, `@${to.name}`],
    // Proto packages: acme.order.v1, the folders of their files, and those of the code that is made of them.
    [`(?<![\\w.-])${from.snake}\\.(?=[a-z]\\w*\\.v\\d)`, `${to.snake}.`],
    [`(?<![\\w.-])${from.snake}/(?=[a-z]\\w*/v\\d)`, `${to.snake}/`],
    [`(?<=\\bproto/|/gen/)${from.snake}(?=/)`, to.snake],
    // Prefixes of variables and metrics.
    [`(?<!\\w)${from.constant}_(?=[A-Z])`, `${to.constant}_`],
    [`(?<!\\w)${from.snake}_(?=[a-z])`, `${to.snake}_`],
    // Folders and files of ours: .acme/postgres, .acme-prisma-user, acme-test-1.
    [`(?<![\\w.])\\.${from.name}(?![\\w.])`, `.${to.name}`],
    [`(?<![\\w.@-])${from.name}-(?=[a-z])`, `${to.name}-`],
  ]);
}

/**
 * The name as a word of its own, which is ours only in files of ours: in a sentence it is the title, in quotes, paths and
 * URLs the name.
 */
export function withWords(text: string, from: Brand, to: Brand): string {
  const word = wordOf(from);
  const hasTitle = from.title !== from.name;
  return replacedAtOnce(text, [
    ...(hasTitle ? [[`(?<!\\w)${escaped(from.title)}(?!\\w)`, to.title] as const] : []),
    [`(?<=['"\`])${word}(?=['"\`])|(?<=[/:@])${word}|${word}(?=[/:@]\\w)`, to.name],
    [word, hasTitle ? to.name : to.title],
  ]);
}

/** Lines that have the name as a word of its own, from 1. */
export function linesWithWords(text: string, brand: Brand): readonly number[] {
  const word = new RegExp(wordOf(brand));
  return text.split('\n').flatMap((line, index) => (word.test(line) ? [index + 1] : []));
}

function wordOf({ name }: Brand): string {
  return `(?<![\\w-])${name}(?![\\w-])`;
}

/** In one go, so that nothing is replaced twice where a new name has the old one in it. The first rule that fits wins. */
function replacedAtOnce(text: string, rules: readonly Rule[]): string {
  const any = new RegExp(rules.map(([pattern]) => `(${pattern})`).join('|'), 'g');
  return text.replace(any, (...[, ...found]: readonly unknown[]) => {
    const index = found.findIndex((group) => group !== undefined);
    return rules[index]?.[1] ?? '';
  });
}

function escaped(text: string): string {
  return text.replace(/[.&-]/g, String.raw`\$&`);
}
