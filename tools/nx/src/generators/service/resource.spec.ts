import { describe, expect, test } from 'vitest';
import { namesOf } from '../../names.ts';
import { parseResource, standardResource } from './resource.ts';

test('a description has a name and fields', () => {
  const { names, plural, fields } = parseResource('Payment amount:money state:enum(pending, in_transit) note:string?');

  expect([names.pascal, plural.camel]).toEqual(['Payment', 'payments']);
  expect(fields).toMatchObject([
    { names: { snake: 'amount' }, kind: 'money', optional: false, values: [] },
    { names: { snake: 'state' }, kind: 'enum', optional: false, values: ['pending', 'in_transit'] },
    { names: { snake: 'note' }, kind: 'string', optional: true },
  ]);
});

test.each([
  ['payments', 'Payment', 'payments'],
  ['categories', 'Category', 'categories'],
  ['people', 'Person', 'people'],
  ['order-history', 'OrderHistory', 'orderHistories'],
  ['user-profile-2', 'UserProfile2', 'userProfile2s'],
])('the service %s keeps a %s among %s', (service, resource, plural) => {
  const parsed = parseResource(standardResource(namesOf(service)));

  expect([parsed.names.pascal, parsed.plural.camel]).toEqual([resource, plural]);
});

describe('a description is refused', () => {
  test.each([
    ['payment amount:money', 'take one such as Payment'],
    ['Service title:string', 'that word has another meaning'],
    ['Class title:string', 'that word has another meaning'],
    ['Payment', 'has no fields'],
    ['Payment amount', "'amount' in the resource Payment is no field"],
    ['Payment amount:cash', 'the type one of string, int, long, double, bool, money, timestamp, enum'],
    ['Payment Amount:money', 'snake_case'],
    ['Payment amount_2:money', 'snake_case'],
    ['Payment constructor:string', 'cannot have'],
    ['Payment id:string', 'every resource has'],
    ['Payment state:enum', 'an enum lists values'],
    ['Payment amount:money(eur)', 'money takes no values'],
    ['Payment state:enum(Open)', "'Open' is no value"],
    ['Payment state:enum(open,open)', 'a value twice'],
    ['Payment state:enum(unspecified)', "'unspecified' is no value"],
    ['Payment a:int a:int', 'the field a twice'],
    [
      `Payment ${Array.from({ length: 41 }, (_, index) => `f${String.fromCodePoint(97 + (index % 26))}${index}:int`).join(' ')}`,
      'more than 40',
    ],
  ])('%s', (text, reason) => {
    expect(() => parseResource(text)).toThrow(reason);
  });
});
