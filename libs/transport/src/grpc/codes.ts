import type { Code } from '@ko/endpoint';

/** The number of each code on the wire. */
export const numberOf: Readonly<Record<Code, number>> = {
  cancelled: 1,
  unknown: 2,
  invalid_argument: 3,
  deadline_exceeded: 4,
  not_found: 5,
  already_exists: 6,
  permission_denied: 7,
  resource_exhausted: 8,
  failed_precondition: 9,
  aborted: 10,
  out_of_range: 11,
  unimplemented: 12,
  internal: 13,
  unavailable: 14,
  data_loss: 15,
  unauthenticated: 16,
};

// Object.entries forgets the type of the keys.
const codeOfNumber = new Map((Object.entries(numberOf) as [Code, number][]).map(([code, number]) => [number, code]));

/** The code of a number; `unknown` of a number that is none. */
export function codeOf(number: number): Code {
  return codeOfNumber.get(number) ?? 'unknown';
}
