import { create } from '@bufbuild/protobuf';
import { FieldMaskSchema } from '@bufbuild/protobuf/wkt';
import { expect, test } from 'vitest';
import { maskedFields } from './update-mask.ts';

const changeable = ['title', 'amount'] as const;

function fieldsOf(...paths: string[]): readonly string[] {
  return [...maskedFields(create(FieldMaskSchema, { paths }), changeable)];
}

test.each([
  [['title'], ['title']],
  [
    ['amount', 'title', 'title'],
    ['title', 'amount'],
  ],
  [['*'], ['title', 'amount']],
  [['amount.units', 'amount.nanos'], ['amount']],
])('%j changes %j', (paths, fields) => {
  expect(fieldsOf(...paths)).toEqual(fields);
});

test.each([[[]], [['owner']], [['title', 'create_time']], [['']]])('%j is refused', (paths: string[]) => {
  expect(() => fieldsOf(...paths)).toThrow(
    expect.objectContaining({
      code: 'invalid_argument',
      message: expect.stringMatching(/^update_mask must name fields to change: title, amount/) as string,
      violations: [expect.objectContaining({ field: 'update_mask' })],
    }),
  );
});

test('no mask is refused', () => {
  expect(() => maskedFields(undefined, changeable)).toThrow(expect.objectContaining({ code: 'invalid_argument' }));
});
