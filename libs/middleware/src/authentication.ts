import { StatusError, type Authenticated, type Middleware, type Principal } from '@ko/endpoint';
import { accessOf } from './authorization.ts';

/** One way to prove who one is: a scheme of the `authorization` metadata (RFC 9110, section 11). */
export interface Scheme {
  /** The word before the credentials. */
  readonly name: 'Bearer' | 'Basic';
  /** Who the credentials belong to. Rejects with `unauthenticated` when they are not good. */
  authenticate(credentials: string): Promise<Principal>;
}

/**
 * Finds out who makes a request, by the schemes it takes. Without credentials nobody does; bad ones are refused, except
 * by a method that is open to everybody.
 */
export function authentication(schemes: readonly Scheme[]): Middleware<Authenticated> {
  const byName = new Map(schemes.map((scheme) => [scheme.name.toLowerCase(), scheme]));
  const names = schemes.map((scheme) => scheme.name).join(', ');

  return (next, method) => {
    const open = accessOf(method)?.public === true;
    return async (request, context) => {
      const { authorization } = context.metadata;
      if (authorization === undefined) return next(request, { ...context, principal: undefined });
      const principal = await identify(authorization).catch((error: unknown) => {
        if (open && StatusError.from(error).code === 'unauthenticated') return undefined;
        throw error;
      });
      return next(request, { ...context, principal });
    };
  };

  async function identify(authorization: string): Promise<Principal> {
    const space = authorization.indexOf(' ');
    const scheme = byName.get(authorization.slice(0, space).toLowerCase());
    if (scheme === undefined) {
      throw new StatusError('unauthenticated', `credentials are taken by: ${names}`, { reason: 'SCHEME_UNSUPPORTED' });
    }
    return scheme.authenticate(authorization.slice(space + 1).trim());
  }
}
