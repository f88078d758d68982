import { randomUUID } from 'node:crypto';
import { expect, test } from 'vitest';
import { callerOf } from './caller.ts';

const id = randomUUID();

test.each([
  [`users/${id}`, [], { id, isAdmin: false }],
  [`users/${id}`, ['auditor', 'admin'], { id, isAdmin: true }],
  ['accounts/robot', ['admin'], { id: undefined, isAdmin: true }],
])('%s with roles %j', (subject, roles, caller) => {
  expect(callerOf({ principal: { subject, roles } })).toEqual(caller);
});

test('nobody is no caller', () => {
  expect(() => callerOf({ principal: undefined })).toThrow(expect.objectContaining({ code: 'unauthenticated' }));
});
