import type { Timestamp } from '@bufbuild/protobuf/wkt';
import { StatusError } from '@ko/endpoint';

/**
 * The first whole millisecond that is not before the time; undefined when there is none. Throws `invalid_argument` for a
 * year before 1 or after 9999, as google.protobuf.Timestamp has it.
 */
export function timeFrom(timestamp: Timestamp | undefined, field: string): Date | undefined {
  if (timestamp === undefined) return undefined;
  const time = new Date(Number(timestamp.seconds) * 1000 + Math.ceil(timestamp.nanos / 1e6));
  const year = time.getUTCFullYear();
  if (year >= 1 && year <= 9999) return time;
  const description = 'must be within the years 1 to 9999';
  throw new StatusError('invalid_argument', `${field} ${description}`, {
    violations: [{ field, rule: 'timestamp.range', description }],
  });
}
