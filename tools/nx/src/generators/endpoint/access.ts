import { Refusal } from '../../refusal.ts';

/** Who may call a method, as `access` of the contract says. */
export type Access = 'signed_in' | 'public' | { readonly role: string };

/** Reads `signed_in`, `public` or `role:admin`. Throws a Refusal. */
export function accessOf(text: string): Access {
  if (text === 'signed_in' || text === 'public') return text;
  const [, role] = /^role:([a-z][a-z\d_-]{0,39})$/.exec(text) ?? [];
  if (role !== undefined) return { role };
  throw new Refusal(`--access takes signed_in, public, or a role as in role:admin, not '${text}'.`);
}
