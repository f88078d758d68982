import type { FieldMask } from '@bufbuild/protobuf/wkt';
import { refuse } from './refusals.ts';

/**
 * The fields that a request changes, of those that may be changed: `*` means all of them, a path into a field the whole
 * field (AIP-134). Throws `invalid_argument` for an empty mask, and for one that names anything else.
 */
export function maskedFields<Field extends string>(
  mask: FieldMask | undefined,
  changeable: readonly Field[],
): ReadonlySet<Field> {
  const paths = mask?.paths ?? [];
  if (paths.includes('*')) return new Set(changeable);
  const named = new Set(paths.map((path) => path.replace(/\..*$/s, '')));
  const others = [...named].filter((path) => !changeable.some((field) => field === path));
  if (named.size > 0 && others.length === 0) return new Set(changeable.filter((field) => named.has(field)));

  const fault = others.length === 0 ? '' : `, not ${others.slice(0, 5).join(', ')}`;
  return refuse('update_mask', 'update_mask.paths', `must name fields to change: ${changeable.join(', ')}${fault}`);
}
