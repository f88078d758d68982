import { describe, expect, test } from 'vitest';
import { isPlainPattern } from './plain-pattern.ts';

describe('a pattern', () => {
  test.each([
    '',
    '^users/(me|[0-9a-f-]{36})$',
    '^(users/[0-9a-f-]{36})?$',
    '^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$',
    String.raw`^\d{3}$`.replace(String.raw`\d`, '[0-9]'),
    String.raw`^a\.b\/[^\]]{1,3}$`,
  ])('that JavaScript reads as RE2 does, and that is bounded, is plain: %s', (pattern) => {
    expect(isPlainPattern(pattern)).toBe(true);
    expect(() => new RegExp(pattern, 'u')).not.toThrow();
  });

  test.each([
    'a',
    '^a',
    '^a|b$',
    '^.{3}$',
    '^a*$',
    '^a+$',
    '^a{2,}$',
    '^(a{1,9}){1,9}$',
    '^((a|b)?c)$',
    String.raw`^\s$`,
    String.raw`^\pL$`,
    String.raw`^\Aa\z$`,
    String.raw`^\Qa.b\E$`,
    String.raw`^[\s]$`,
    '^[[:alpha:]]$',
    '^(?i)a$',
    '^(?P<name>a)$',
    '^(?=a)$',
    String.raw`^(a)\1$`,
    '^é$',
    '^[a-]]$',
  ])('that may mean something else, or take long, is not: %s', (pattern) => {
    expect(isPlainPattern(pattern)).toBe(false);
  });
});
