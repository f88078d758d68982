const begin = '<!-- What follows is written by npm run bench. -->';
const end = '<!-- What precedes is written by npm run bench. -->';

/** The text with the part between its marks replaced. Throws when it has none. */
export function replaceGenerated(text: string, generated: string): string {
  const [head, rest] = split(text, begin);
  const [, tail] = split(rest, end);
  return `${head}${begin}\n\n${generated}\n\n${end}${tail}`;
}

function split(text: string, mark: string): readonly [string, string] {
  const at = text.indexOf(mark);
  if (at < 0) throw new Error(`the document has no line '${mark}'`);
  return [text.slice(0, at), text.slice(at + mark.length)];
}
