import { StatusError } from '@ko/endpoint';

/** Refuses a request for a field that has to have a value and has none. */
export function missing(field: string): never {
  return refuse(field, 'required', 'must be given');
}

/** Refuses a request for what is wrong with one of its fields, with `invalid_argument`. */
export function refuse(field: string, rule: string, description: string): never {
  throw new StatusError('invalid_argument', `${field} ${description}`, { violations: [{ field, rule, description }] });
}
