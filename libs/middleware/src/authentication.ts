import { StatusError, type Authenticated, type Middleware, type Principal } from '@ko/endpoint';
import { accessOf } from './authorization.ts';

/** One way to prove who one is: a scheme of the `authorization` metadata (RFC 9110, section 11). */
export interface Scheme {
  /** The word before the credentials. */
  readonly name: 'Bearer' | 'Basic';
  /** Who the credentials belong to, at once when that is known. Rejects with `unauthenticated` when they are not good. */
  authenticate(credentials: string): Principal | Promise<Principal>;
}

/**
 * Finds out who makes a request, by the schemes it takes. Without credentials nobody does; bad ones are refused, except
 * by a method that is open to everybody.
 */
export function authentication(schemes: readonly Scheme[]): Middleware<Authenticated> {
  const taken = schemes.map((scheme) => ({ scheme, prefix: `${scheme.name} ` }));
  const names = schemes.map((scheme) => scheme.name).join(', ');

  return (next, method) => {
    const open = accessOf(method)?.public === true;

    return (request, context) => {
      const { authorization } = context.metadata;
      const principal = authorization === undefined ? undefined : identify(authorization);
      if (!(principal instanceof Promise)) return next(request, { ...context, principal });
      return principal.catch(letIn).then((found) => next(request, { ...context, principal: found }));
    };

    function letIn(error: unknown): undefined {
      if (!open || StatusError.from(error).code !== 'unauthenticated') throw error;
    }
  };

  function identify(authorization: string): Principal | Promise<Principal> {
    const found =
      taken.find(({ prefix }) => authorization.startsWith(prefix)) ??
      taken.find(({ prefix }) => authorization.slice(0, prefix.length).toLowerCase() === prefix.toLowerCase());
    if (found === undefined) return Promise.reject(unsupported(names));
    return found.scheme.authenticate(authorization.slice(found.prefix.length).trimStart());
  }
}

function unsupported(names: string): StatusError {
  return new StatusError('unauthenticated', `credentials are taken by: ${names}`, { reason: 'SCHEME_UNSUPPORTED' });
}
