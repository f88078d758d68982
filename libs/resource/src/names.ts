import { refuse } from './refusals.ts';

const uuid = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/;

/** The resource name of an id: `orders/{id}`. */
export function nameOf(collection: string, id: string): string {
  return `${collection}/${id}`;
}

/** The id in a resource name; undefined when the name is none of the collection. */
export function idIn(collection: string, name: string): string | undefined {
  const prefix = `${collection}/`;
  const id = name.slice(prefix.length);
  return name.startsWith(prefix) && uuid.test(id) ? id : undefined;
}

/** The id in the resource name that a field of a request has. Throws `invalid_argument` when it has none. */
export function idFrom(collection: string, name: string, field: string): string {
  const id = idIn(collection, name);
  if (id !== undefined) return id;
  return refuse(field, `${collection}.name`, `must be ${collection}/ and a UUID`);
}
