import { create, fromBinary, toBinary, type DescMessage } from '@bufbuild/protobuf';
import { BookSchema } from '@ko/contracts/conformance';
import { UserSchema } from '@ko/contracts/user';
import { deepStrictEqual } from 'node:assert/strict';
import { Buffer } from 'node:buffer';
import { expect, test } from 'vitest';
import { decoderOf } from './decoder.ts';
import { kinds } from './testing/kinds.ts';
import { outcome } from './testing/outcome.ts';
import { mutated, randomInit } from './testing/random-message.ts';
import { Random } from './testing/random.ts';
import { schemas } from './testing/schemas.ts';

test.each(schemas.map((schema) => [schema.typeName, schema] as const))(
  '%s is decoded as protobuf-es does',
  (_, schema) => {
    const random = new Random(2);

    for (let round = 0; round < 25; round++) {
      const encoded = outcome(() => toBinary(schema, create(schema, randomInit(schema, random))));
      if (!('value' in encoded)) continue;

      expectSame(schema, encoded.value);
      for (let change = 0; change < 4; change++) expectSame(schema, mutated(encoded.value, random));
    }
  },
);

test('fields that come twice are merged', () => {
  const random = new Random(3);

  for (const schema of schemas) {
    const [first, second] = [1, 2].map(() =>
      outcome(() => toBinary(schema, create(schema, randomInit(schema, random)))),
    );
    if (first !== undefined && 'value' in first && second !== undefined && 'value' in second) {
      expectSame(schema, Buffer.concat([first.value, second.value]));
    }
  }
});

test.each([
  [
    'an unknown field of each wire type',
    [0xf8, 6, 1, 0xf9, 6, 1, 2, 3, 4, 5, 6, 7, 8, 0xfa, 6, 1, 9, 0xfd, 6, 1, 2, 3, 4],
  ],
  ['an unknown group', [0xfb, 6, 8, 1, 0xfc, 6]],
  ['an unknown group without end', [0xfb, 6, 8, 1]],
  ['the number of a field with another wire type', [8, 1, 97]],
  ['no number', [0, 1]],
  ['a tag of five bytes', [0x80, 0x80, 0x80, 0x80, 0x01, 0]],
  ['a tag that is too long', [0x8a, 0x80, 0x80, 0x80, 0x80, 0x00, 1, 97]],
  ['a length beyond the end', [10, 5, 97]],
  ['a length in too many bytes', [10, 0x81, 0x80, 0x80, 0x80, 0x80, 0x80, 0x00, 97]],
  ['a number in eleven bytes', [24, ...new Array<number>(10).fill(0x80), 1]],
  ['a truth value in many bytes', [48, 0x80, 0x80, 0x01]],
  ['a field that ends after its message', [74, 2, 10, 3, 97, 98, 99]],
  ['text that is no UTF-8', [10, 2, 0xc3, 0x28]],
  ['text with half a surrogate pair', [10, 3, 0xed, 0xa0, 0x80]],
  ['text that has the replacement character', [10, 3, 0xef, 0xbf, 0xbd]],
  ['text that starts with a byte order mark', [10, 4, 0xef, 0xbb, 0xbf, 97]],
  ['an entry without a key, and one without a value', [98, 2, 16, 1, 98, 3, 10, 1, 97]],
  ['an entry with an unknown field', [98, 5, 10, 1, 97, 24, 1]],
  ['an entry for __proto__', [98, 13, 10, 9, ...Buffer.from('__proto__'), 16, 1]],
])('%s fares as with protobuf-es', (_, bytes) => {
  expectSame(BookSchema, Uint8Array.from(bytes));
});

test.each([99, 100, 101])('%i messages within one another fare as with protobuf-es', (depth) => {
  for (const [typeName, tag] of [
    ['kinds.Kinds', [0xda, 0x0c]],
    ['kinds.WithItself', [0x12]],
  ] as const) {
    const schema = kinds.find((kind) => kind.typeName === typeName);
    let bytes = Buffer.alloc(0);
    for (let level = 1; level < depth; level++) bytes = Buffer.concat([Buffer.from(tag), varint(bytes.length), bytes]);

    expect(schema).toBeDefined();
    if (schema !== undefined) expectSame(schema, bytes);
  }
});

test('bytes of a message are not those it was decoded from', () => {
  const source = Buffer.from(toBinary(BookSchema, create(BookSchema, { name: 'a', cover: Uint8Array.of(1, 2, 3) })));
  const unknown = Buffer.of(0xfa, 6, 1, 9);

  const bytes = Buffer.concat([source, unknown]);
  const book = decoderOf(BookSchema)(bytes);
  bytes.fill(0);

  expect(book.cover).toStrictEqual(Uint8Array.of(1, 2, 3));
  expect(book.$unknown).toStrictEqual([{ no: 111, wireType: 2, data: Uint8Array.of(1, 9) }]);
});

test('what is left to protobuf-es keeps nothing of the bytes either', () => {
  const bytes = Buffer.of(58, 1, 9, 0xfb, 6, 0xfc, 6);

  const book = decoderOf(BookSchema)(bytes);
  bytes.fill(0);

  expect(book.cover).toStrictEqual(Uint8Array.of(9));
});

test('many strings come from one message, each as it was', () => {
  const user = create(UserSchema, {
    roles: Array.from({ length: 3_000 }, (_, index) => `role ${index % 50 === 0 ? 'é' : ''}${index}`),
  });

  expect(decoderOf(UserSchema)(toBinary(UserSchema, user))).toStrictEqual(user);
});

function expectSame(schema: DescMessage, bytes: Uint8Array): void {
  const expected = outcome(() => fromBinary(schema, new Uint8Array(bytes)));
  const decode = decoderOf(schema);

  // Unlike `expect`, this compares properties named __proto__.
  deepStrictEqual(
    outcome(() => decode(bytes)),
    expected,
  );
  deepStrictEqual(
    outcome(() => decode(Buffer.from(bytes))),
    expected,
  );
}

function varint(value: number): Buffer {
  return value < 0x80 ? Buffer.of(value) : Buffer.of((value & 0x7f) | 0x80, value >> 7);
}
