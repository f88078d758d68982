/** A character, one of a class, or a punctuation mark that stands for itself, and how often it is there, within bounds. */
const atom = String.raw`(?:[\w/:@, -]|\\[^\w\s]|\[\^?(?:[\w/:@., +-]|\\[^\w\s])+\])(?:\?|\{\d+(?:,\d+)?\})?`;
const group = String.raw`\((?:\?:)?(?:${atom}|\|)*\)\??`;
const plain = new RegExp(String.raw`^\^(?:${atom}|${group})*\$$`);

/**
 * Whether a pattern means the same in RE2, which the rules are written for, and in JavaScript, and is bounded there:
 * letters, classes of them, groups and counts between `^` and `$`. What is more, such as `.`, `\s` or `*`, is not.
 */
export function isPlainPattern(pattern: string): boolean {
  return pattern === '' || plain.test(pattern);
}
