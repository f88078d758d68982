import { create, toBinary, type DescMessage, type Message } from '@bufbuild/protobuf';
import { BookSchema } from '@ko/contracts/conformance';
import { UserSchema } from '@ko/contracts/user';
import { Buffer } from 'node:buffer';
import { expect, test } from 'vitest';
import { encoderOf } from './encoder.ts';
import { kinds } from './testing/kinds.ts';
import { outcome } from './testing/outcome.ts';
import { randomInit } from './testing/random-message.ts';
import { Random } from './testing/random.ts';
import { schemas } from './testing/schemas.ts';

test.each(schemas.map((schema) => [schema.typeName, schema] as const))(
  '%s is encoded as protobuf-es does',
  (_, schema) => {
    const random = new Random(1);
    const encode = encoderOf(schema);

    for (let round = 0; round < 25; round++) {
      const init = randomInit(schema, random);
      const expected = outcome(() => text(toBinary(schema, create(schema, init))));
      expect(outcome(() => text(encode(init)))).toStrictEqual(expected);

      const message = outcome(() => create(schema, init));
      if (!('value' in message)) continue;
      if (random.chance(0.3)) message.value.$unknown = [{ no: 99_999, wireType: 2, data: Uint8Array.of(2, 1, 2) }];
      const again = outcome(() => text(toBinary(schema, message.value)));
      expect(outcome(() => text(encode(message.value)))).toStrictEqual(again);
    }
  },
);

const wrong = [
  undefined,
  null,
  '1',
  'x',
  '',
  0,
  1.5,
  -1,
  2 ** 40,
  1e39,
  Number.NaN,
  1n,
  2n ** 70n,
  true,
  {},
  [],
  [1],
  [{}],
  new Date(0),
  { case: 'x' },
];

test.each(kinds.map((schema) => [schema.typeName, schema] as const))(
  'a field of %s with a wrong value fares as with protobuf-es',
  (_, schema) => {
    const encode = encoderOf(schema);

    for (const { localName } of schema.members) {
      for (const value of wrong) {
        const init = { [localName]: value };
        const message = { ...create(schema), ...init };

        expect(outcome(() => encode(init))).toStrictEqual(
          outcome(() => Buffer.from(toBinary(schema, create(schema, init)))),
        );
        expect(outcome(() => encode(message))).toStrictEqual(outcome(() => Buffer.from(toBinary(schema, message))));
      }
    }
  },
);

test.each<[string, object]>([
  ['a plain object', { name: 'Ann' }],
  ['a message of another type', create(UserSchema)],
  ['a message with defaults of its own', Object.create(create(UserSchema))],
])('%s within a message fares as with protobuf-es', (_, author) => {
  const book: Message = Object.assign(create(BookSchema), { author });
  const encode = encoderOf<DescMessage>(BookSchema);

  expect(outcome(() => encode(book))).toStrictEqual(
    outcome(() => Buffer.from(toBinary<DescMessage>(BookSchema, book))),
  );
});

test('what was encoded stays as it is when more is', () => {
  const encode = encoderOf(UserSchema);
  const messages = Array.from({ length: 2_000 }, (_, index) => ({ name: `users/${index}`, roles: ['admin'] }));

  const encoded = messages.map((message) => encode(message));

  expect(encoded).toStrictEqual(
    messages.map((message) => Buffer.from(toBinary(UserSchema, create(UserSchema, message)))),
  );
});

test('a small message does not keep the memory of a large one', () => {
  const encode = encoderOf(BookSchema);
  const name = 'x'.repeat(1_000_000);

  expect(text(encode({ name }))).toBe(text(toBinary(BookSchema, create(BookSchema, { name }))));
  expect(encode({ name: 'a' }).buffer.byteLength).toBeLessThan(20_000);
});

test('a message is encoded after one that could not be', () => {
  const encode = encoderOf(BookSchema);

  expect(() => encode({ name: 'x'.repeat(100), count: 1.5 })).toThrow('invalid int32');
  expect(encode({ name: 'a' })).toStrictEqual(Buffer.of(10, 1, 97));
});

/** Bytes as what is compared at once. */
function text(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('latin1');
}
