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

    for (let round = 0; round < 40; round++) {
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

test('every day of 10,000 years is written', () => {
  const write = jsonWriterOf(TimestampSchema);

  for (let day = -719_162; day <= 2_932_896; day += 7) {
    const seconds = day * 86_400 + 45_296;
    const expected = new Date(seconds * 1_000).toISOString().replace('.000Z', 'Z');
    const text = write(create(TimestampSchema, { seconds: BigInt(seconds) }));
    if (text !== `"${expected}"`) expect(text).toBe(`"${expected}"`);
  }
});

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
