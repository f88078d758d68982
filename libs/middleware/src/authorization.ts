import { getOption, hasOption, type DescMethod } from '@bufbuild/protobuf';
import { access, type Access } from '@ko/contracts/options';
import { signedIn, StatusError, type Authenticated, type Middleware } from '@ko/endpoint';
import { nameOf } from './method-name.ts';

/** Lets through whom the contract's `ko.options.v1.access` names: nobody, where it does not say. */
export function authorization(): Middleware<unknown, Authenticated> {
  return (next, method) => {
    const rule = accessOf(method);
    if (rule === undefined) return () => Promise.reject(undeclared(method));
    if (rule.public) return next;
    return (request, context) => (mayCall(context, rule) ? next(request, context) : refuse(context, rule));
  };
}

function mayCall({ principal }: Authenticated, { roles }: Access): boolean {
  return principal !== undefined && (roles.length === 0 || roles.some((role) => principal.roles.includes(role)));
}

async function refuse(context: Authenticated, { roles }: Access): Promise<never> {
  signedIn(context);
  throw roleRequired(roles);
}

/** Who may call a method; undefined when the contract does not say. */
export function accessOf(method: DescMethod): Access | undefined {
  return hasOption(method, access) ? getOption(method, access) : undefined;
}

function undeclared(method: DescMethod): StatusError {
  const message = `${nameOf(method)} is open to nobody: its contract does not say who may call it`;
  return new StatusError('permission_denied', message, { reason: 'ACCESS_NOT_DECLARED' });
}

function roleRequired(roles: readonly string[]): StatusError {
  const message = `this takes the role ${roles.join(' or ')}`;
  return new StatusError('permission_denied', message, {
    reason: 'ROLE_REQUIRED',
    metadata: { roles: roles.join(',') },
  });
}
