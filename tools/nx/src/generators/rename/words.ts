import type { Brand } from './brand.ts';

type Rule = readonly [find: RegExp, replace: string];

/** Forms that can be nothing but the name of the workspace, wherever they stand. */
export function withForms(text: string, from: Brand, to: Brand): string {
  return applied(text, [
    // The npm scope: @acme/endpoint, and as a part of a pattern, '^@acme/(?!data$)'.
    [new RegExp(`(?<![\\w.-])@${from.name}(?![\\w.-])`, 'g'), `@${to.name}`],
    // Proto packages: acme.order.v1, the folders of their files, and those of the code that is made of them.
    [new RegExp(`(?<![\\w.-])${from.snake}\\.(?=[a-z]\\w*\\.v\\d)`, 'g'), `${to.snake}.`],
    [new RegExp(`(?<![\\w.-])${from.snake}/(?=[a-z]\\w*/v\\d)`, 'g'), `${to.snake}/`],
    [new RegExp(`(?<=\\bproto/|/gen/)${from.snake}(?=/)`, 'g'), to.snake],
    // Prefixes of variables and metrics.
    [new RegExp(`(?<!\\w)${from.constant}_(?=[A-Z])`, 'g'), `${to.constant}_`],
    [new RegExp(`(?<!\\w)${from.snake}_(?=[a-z])`, 'g'), `${to.snake}_`],
    // Folders and files of ours: .acme/postgres, .acme-prisma-user, acme-test-1.
    [new RegExp(`(?<![\\w.])\\.${from.name}(?![\\w.])`, 'g'), `.${to.name}`],
    [new RegExp(`(?<![\\w.@-])${from.name}-(?=[a-z])`, 'g'), `${to.name}-`],
  ]);
}

/**
 * The name as a word of its own, which is ours only in files of ours: in a sentence it is the title, in quotes, paths and
 * URLs the name.
 */
export function withWords(text: string, from: Brand, to: Brand): string {
  const word = `(?<![\\w-])${from.name}(?![\\w-])`;
  return applied(text, [
    ...(from.title === from.name
      ? []
      : [[new RegExp(`(?<!\\w)${escaped(from.title)}(?!\\w)`, 'g'), to.title] as const]),
    [new RegExp(`(?<=['"\`/:@])${word}(?=['"\`/:@])`, 'g'), to.name],
    [new RegExp(`(?<=[/:@])${word}|${word}(?=[/:@]\\w)`, 'g'), to.name],
    [new RegExp(word, 'g'), from.title === from.name ? to.title : to.name],
  ]);
}

/** Lines that have the name as a word of its own, from 1. */
export function linesWithWords(text: string, { name }: Brand): readonly number[] {
  const word = new RegExp(`(?<![\\w-])${name}(?![\\w-])`);
  return text.split('\n').flatMap((line, index) => (word.test(line) ? [index + 1] : []));
}

function applied(text: string, rules: readonly Rule[]): string {
  return rules.reduce((result, [find, replace]) => result.replace(find, () => replace), text);
}

function escaped(text: string): string {
  return text.replace(/[.&-]/g, String.raw`\$&`);
}
