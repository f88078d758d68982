import { describe, expect, test } from 'vitest';
import { UsageError } from './command-line.ts';
import { parseScale } from './scale.ts';

const known = ['user', 'order', 'gateway'];

describe('parseScale', () => {
  test('takes numbers one by one and in lists', () => {
    const scale = parseScale(['user=3', 'order=2,gateway=20'], known);

    expect(scale).toEqual({ user: 3, order: 2, gateway: 20 });
  });

  test.each([
    ['user', "--scale takes a service and a number, as in user=3, not 'user'"],
    ['user=2,', "--scale takes a service and a number, as in user=3, not ''"],
    ['usr=2', "--scale knows no service 'usr': there are user, order, gateway"],
    ['user=', "--scale user= takes a number from 1 to 20, not ''"],
    ['user=0', "--scale user= takes a number from 1 to 20, not '0'"],
    ['user=21', "--scale user= takes a number from 1 to 20, not '21'"],
    ['user=1.5', "--scale user= takes a number from 1 to 20, not '1.5'"],
    ['user=2,user=3', '--scale says twice how many of user there are'],
  ])("refuses '%s', and says why", (text, message) => {
    expect(() => parseScale([text], known)).toThrow(new UsageError(message));
  });
});
