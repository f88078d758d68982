import { create, fromBinary, toBinary, toJson, type DescMessage, type Message } from '@bufbuild/protobuf';
import { DurationSchema, TimestampSchema } from '@bufbuild/protobuf/wkt';
import { BookSchema } from '@ko/contracts/conformance';
import { UserSchema } from '@ko/contracts/user';
import { expect, test } from 'vitest';
import { jsonWriterOf } from './json-writer.ts';
import { kinds } from './testing/kinds.ts';
import { outcome } from './testing/outcome.ts';
import { randomInit } from './testing/random-message.ts';
import { Random } from './testing/random.ts';
import { schemas } from './testing/schemas.ts';

test.each(schemas.map((schema) => [schema.typeName, schema] as const))(
  'the JSON of %s is that of protobuf-es',
  (_, schema) => {
    const random = new Random(4);

    for (let round = 0; round < 30; round++) {
      const message = outcome(() => create(schema, randomInit(schema, random)));
      if ('value' in message) expectSame(schema, message.value);
    }
  },
);

test('a message that was decoded is written like one that was made', () => {
  const random = new Random(5);

  for (const schema of schemas) {
    const message = outcome(() => fromBinary(schema, toBinary(schema, create(schema, randomInit(schema, random)))));
    if ('value' in message) expectSame(schema, message.value);
  }
});

const wrong = [
  undefined,
  null,
  '1',
  '',
  0,
  1.5,
  2 ** 40,
  Number.NaN,
  1n,
  true,
  {},
  [],
  [1],
  [{}],
  [undefined],
  { case: 'x' },
  { a: undefined },
];

test.each(kinds.map((schema) => [schema.typeName, schema] as const))(
  'a field of %s with a wrong value fares as with protobuf-es',
  (_, schema) => {
    for (const { localName } of schema.members) {
      for (const value of wrong) expectSame(schema, { ...create(schema), [localName]: value });
    }
  },
);

test('a message within another one has to be of its type', () => {
  expectSame(BookSchema, Object.assign(create(BookSchema), { author: create(UserSchema) }));
  expectSame(BookSchema, Object.assign(create(BookSchema), { author: { name: 'Ann' } }));
});

test.each([
  [-62_135_596_801n, 0],
  [-62_135_596_800n, 0],
  [-1n, 999_999_999],
  [951_782_400n, 1],
  [4_107_542_399n, 1_000],
  [253_402_300_799n, 999_000_000],
  [253_402_300_800n, 0],
  [2n ** 63n - 1n, 0],
  [0n, -1],
  [0n, 1_000_000_000],
  [0n, 1.5],
])('a time of %s seconds and %i nanoseconds is written, or refused, as protobuf-es does', (seconds, nanos) => {
  expectSame(TimestampSchema, create(TimestampSchema, { seconds, nanos }));
});

test.each([1, 4, 100, 399, 400, 1900, 1969, 1970, 2000, 2026, 2100, 9999])(
  'every day of the year %i is written',
  (year) => {
    const write = jsonWriterOf(TimestampSchema);

    const noon = new Date('2000-01-01T12:34:56Z');
    for (noon.setUTCFullYear(year); noon.getUTCFullYear() === year; noon.setUTCDate(noon.getUTCDate() + 1)) {
      const seconds = BigInt(noon.getTime() / 1_000);
      expect(write(create(TimestampSchema, { seconds }))).toBe(`"${noon.toISOString().replace('.000Z', 'Z')}"`);
    }
  },
);

test.each([
  [0n, 0],
  [0n, -1],
  [0n, 500_000_000],
  [-1n, -1_000],
  [1n, -1],
  [-1n, 1],
  [315_576_000_000n, 999_999_999],
  [315_576_000_001n, 0],
  [-315_576_000_001n, 0],
  [1n, 1_000_000_000],
])('a duration of %s seconds and %i nanoseconds is written, or refused, as protobuf-es does', (seconds, nanos) => {
  expectSame(DurationSchema, create(DurationSchema, { seconds, nanos }));
});

function expectSame(schema: DescMessage, message: Message): void {
  const expected = outcome(() => JSON.stringify(toJson(schema, message, { alwaysEmitImplicit: true })));
  const write = jsonWriterOf(schema);

  expect(outcome(() => write(message))).toStrictEqual(expected);
}
