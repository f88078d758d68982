import { create } from '@bufbuild/protobuf';
import { TimestampSchema } from '@bufbuild/protobuf/wkt';
import { expect, test } from 'vitest';
import { requiredTimeFrom, timeFrom } from './time.ts';

test.each([
  [0n, 0, '1970-01-01T00:00:00.000Z'],
  [0n, 1, '1970-01-01T00:00:00.001Z'],
  [-1n, 999_000_000, '1969-12-31T23:59:59.999Z'],
  [253_402_300_799n, 0, '9999-12-31T23:59:59.000Z'],
])('%s seconds and %s nanoseconds', (seconds, nanos, time) => {
  expect(timeFrom(create(TimestampSchema, { seconds, nanos }), 'due_time')?.toISOString()).toBe(time);
});

test('no time stays none, or is refused where one has to be', () => {
  expect(timeFrom(undefined, 'due_time')).toBeUndefined();
  expect(() => requiredTimeFrom(undefined, 'due_time')).toThrow(
    expect.objectContaining({ code: 'invalid_argument', message: 'due_time must be given' }),
  );
});

test.each([253_402_300_800n, -62_135_596_801n, 10n ** 17n])('no calendar has the time %s', (seconds) => {
  expect(() => timeFrom(create(TimestampSchema, { seconds }), 'due_time')).toThrow(
    expect.objectContaining({ code: 'invalid_argument', violations: [expect.objectContaining({ field: 'due_time' })] }),
  );
});
