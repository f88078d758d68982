import { expect, test } from 'vitest';
import { optionalTextFrom, textFrom } from './text.ts';

test.each(['x', 'two\nlines\twith tabs', 'Ünïcödé', '茶', '🍵'])('%j is a text', (text) => {
  expect(textFrom(text, 'note')).toBe(text);
});

test('an empty text is refused where one has to be, and none elsewhere', () => {
  expect(() => textFrom('', 'note')).toThrow(
    expect.objectContaining({ code: 'invalid_argument', message: 'note must be given' }),
  );
  expect(optionalTextFrom('', 'note')).toBeUndefined();
});

test.each(['\0', 'a\rb', '\u001b[2J', '\u0085'])('%j has what no text has', (text) => {
  expect(() => optionalTextFrom(text, 'note')).toThrow(
    expect.objectContaining({
      code: 'invalid_argument',
      violations: [expect.objectContaining({ field: 'note', rule: 'string.printable' })],
    }),
  );
});
