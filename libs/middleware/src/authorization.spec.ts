import { ConformanceService } from '@ko/contracts/conformance';
import {
  createContext,
  StatusError,
  type Authenticated,
  type Context,
  type Endpoint,
  type Principal,
} from '@ko/endpoint';
import { describe, expect, test } from 'vitest';
import { authorization } from './authorization.ts';

const { echo, fail, wait, returnMetadata, download } = ConformanceService.method;
const ada: Principal = { subject: 'users/ada', roles: [] };

describe('authorisation', () => {
  const answer: Endpoint<null, string, Context & Authenticated> = async () => 'in';
  const as = (principal: Principal | undefined) => ({ ...createContext(), principal });
  const admin = { subject: 'users/root', roles: ['admin'] };

  test.each([
    [echo, undefined, 'in'],
    [fail, undefined, 'unauthenticated'],
    [fail, ada, 'in'],
    [wait, undefined, 'unauthenticated'],
    [wait, ada, 'permission_denied'],
    [wait, admin, 'in'],
    [returnMetadata, admin, 'permission_denied'],
    [download, admin, 'permission_denied'],
  ])('lets in whom the contract names: $0.name, $1.subject', async (method, principal, outcome) => {
    const call = authorization()(answer, method)(null, as(principal));

    await expect(call.catch((error: unknown) => StatusError.from(error).code)).resolves.toBe(outcome);
  });
});
