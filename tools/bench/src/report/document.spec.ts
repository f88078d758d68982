import { expect, test } from 'vitest';
import { replaceGenerated } from './document.ts';

const page = (generated: string) =>
  `# Title\n\n<!-- What follows is written by npm run bench. -->\n\n${generated}\n\n<!-- What precedes is written by npm run bench. -->\n\nThe end.\n`;

test('what is generated is replaced, and nothing else', () => {
  expect(replaceGenerated(page('old'), 'new')).toBe(page('new'));
  expect(replaceGenerated(page('new'), 'new')).toBe(page('new'));
});

test('a page without a place for it is refused', () => {
  expect(() => replaceGenerated('# Title\n', 'new')).toThrow('the document has no line');
});
