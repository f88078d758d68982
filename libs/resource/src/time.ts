import type { Timestamp } from '@bufbuild/protobuf/wkt';
import { missing, refuse } from './refusals.ts';

/**
 * The first whole millisecond that is not before the time; undefined when there is none. Throws `invalid_argument` for a
 * year before 1 or after 9999, as google.protobuf.Timestamp has it.
 */
export function timeFrom(timestamp: Timestamp | undefined, field: string): Date | undefined {
  if (timestamp === undefined) return undefined;
  const time = new Date(Number(timestamp.seconds) * 1000 + Math.ceil(timestamp.nanos / 1e6));
  const year = time.getUTCFullYear();
  if (year >= 1 && year <= 9999) return time;
  return refuse(field, 'timestamp.range', 'must be within the years 1 to 9999');
}

/** The same, of a field that has to be given: throws `invalid_argument` where it is not. */
export function requiredTimeFrom(timestamp: Timestamp | undefined, field: string): Date {
  return timeFrom(timestamp, field) ?? missing(field);
}
