import { expect, test } from 'vitest';
import { idFrom, idIn, nameOf } from './names.ts';

const id = '0198e5a2-7c1b-7d3e-9a4f-5b6c7d8e9f00';

test('a name leads back to its id', () => {
  expect(idIn('orders', nameOf('orders', id))).toBe(id);
});

test.each([id, `users/${id}`, 'orders/', `orders/${id}/lines`, `orders/${'-'.repeat(36)}`, `my/orders/${id}`])(
  '%s is no name of an order',
  (name) => {
    expect(idIn('orders', name)).toBeUndefined();
    expect(() => idFrom('orders', name, 'name')).toThrow(
      expect.objectContaining({ code: 'invalid_argument', message: 'name must be orders/ and a UUID' }),
    );
  },
);
