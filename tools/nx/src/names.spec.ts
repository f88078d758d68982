import { describe, expect, test } from 'vitest';
import { namesOf, requireKebab, requirePascal } from './names.ts';

test.each(['user-profile', 'userProfile', 'UserProfile', 'user_profile'])('%s has all spellings', (name) => {
  expect(namesOf(name)).toEqual({
    kebab: 'user-profile',
    camel: 'userProfile',
    pascal: 'UserProfile',
    snake: 'user_profile',
    constant: 'USER_PROFILE',
    words: 'user profile',
  });
});

test('a number is a part of a name', () => {
  expect(namesOf('user-profile-2')).toMatchObject({ camel: 'userProfile2', constant: 'USER_PROFILE_2' });
});

describe('the name of a service', () => {
  test.each(['payments', 'a', 'user-profile-2', 'x509-keys'])('can be %s', (name) => {
    expect(() => requireKebab(name, 'service')).not.toThrow();
  });

  test.each([
    ['', 'it is empty'],
    ['Payments', 'it has capitals'],
    ['2pay', 'it begins with a digit'],
    ['zahlungen-für-alle', 'other characters than ASCII'],
    ['../etc', 'it is a path'],
    ['a/b', 'it is a path'],
    ['a\\b', 'it is a path'],
    ['pay_ments', 'more than letters, digits and single dashes'],
    ['pay--ments', 'more than letters, digits and single dashes'],
    ['-pay', 'more than letters, digits and single dashes'],
    ['pay-', 'more than letters, digits and single dashes'],
    ['pay ments', 'more than letters, digits and single dashes'],
    ['pay\nments', 'other characters than ASCII'],
    ['__proto__', 'more than letters, digits and single dashes'],
    ['x'.repeat(41), 'longer than 40'],
    ['class', 'a word of the language'],
    ['new', 'a word of the language'],
    ['constructor', 'a word of the language'],
  ])('cannot be %j', (name, reason) => {
    expect(() => requireKebab(name, 'service')).toThrow(reason);
  });
});

test.each(['payment', 'HTTPServer', 'Pay-Ment', 'Zahlungsärger', '2Pay', ''])('%j is no name of a resource', (name) => {
  expect(() => requirePascal(name, 'resource')).toThrow('take one such as Payment');
});
