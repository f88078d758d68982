import {
  create,
  createFileRegistry,
  setExtension,
  type DescMessage,
  type Message,
  type MessageInitShape,
} from '@bufbuild/protobuf';
import {
  EmptySchema,
  FieldDescriptorProto_Label as Label,
  FieldDescriptorProto_Type as Type,
  FieldOptionsSchema,
  FileDescriptorProtoSchema,
} from '@bufbuild/protobuf/wkt';
import { ConformanceService } from '@ko/contracts/conformance';
import { CreateOrderRequestSchema, OrderService } from '@ko/contracts/order';
import { AuthService, CreateUserRequestSchema, UpdateUserRequestSchema, UserService } from '@ko/contracts/user';
import { field as fieldRules, FieldRulesSchema } from '@ko/contracts/validate';
import { describe, expect, test } from 'vitest';
import { Judge } from './judge.ts';
import { compileRules } from './rules.ts';

type Rules = MessageInitShape<typeof FieldRulesSchema>;

const judge = new Judge();
const uuid = { case: 'uuid', value: true } as const;

test('a message has no rules when nothing in it has', () => {
  expect(compileRules(EmptySchema)).toBeUndefined();
  expect(compileRules(AuthService.method.getKeySet.input)).toBeUndefined();
  expect(compileRules(ConformanceService.method.echo.input)).toBeDefined();
});

test('the rules of our contracts are all known', () => {
  const services = [UserService, AuthService, OrderService, ConformanceService];
  const inputs = services.flatMap(({ methods }) => methods.map(({ input }) => input));

  const unknown = inputs.filter((input) => compileRules(input)?.isComplete === false);

  expect(unknown.map(({ typeName }) => typeName)).toEqual([]);
});

describe('a message is seen to keep its rules when it does', () => {
  const user = { email: 'ada@example.com', password: 'p'.repeat(10), displayName: 'Ada' };
  const line = { sku: 'tea', quantity: 1, unitPrice: { currencyCode: 'EUR', units: 1n } };
  const cases: readonly (readonly [string, DescMessage, Record<string, unknown>])[] = [
    ['all right', CreateUserRequestSchema, user],
    ['no e-mail', CreateUserRequestSchema, { ...user, email: 'ada' }],
    ['line feed after the e-mail', CreateUserRequestSchema, { ...user, email: 'ada@example.com\n' }],
    ['short', CreateUserRequestSchema, { ...user, password: '123456789' }],
    ['short in characters, not in units', CreateUserRequestSchema, { ...user, password: '🔑'.repeat(9) }],
    ['long enough in characters', CreateUserRequestSchema, { ...user, password: '🔑'.repeat(10) }],
    ['longest', CreateUserRequestSchema, { ...user, password: 'p'.repeat(200) }],
    ['too long', CreateUserRequestSchema, { ...user, password: 'p'.repeat(201) }],
    ['empty', CreateUserRequestSchema, {}],
    ['a line', CreateOrderRequestSchema, { lines: [line] }],
    ['no line', CreateOrderRequestSchema, { lines: [] }],
    ['100 lines', CreateOrderRequestSchema, { lines: Array.from({ length: 100 }, () => line) }],
    ['101 lines', CreateOrderRequestSchema, { lines: Array.from({ length: 101 }, () => line) }],
    ['one line of many is wrong', CreateOrderRequestSchema, { lines: [line, { ...line, quantity: 1_001 }] }],
    ['something missing', CreateOrderRequestSchema, { lines: [{ ...line, unitPrice: undefined }] }],
    ['a mask', UpdateUserRequestSchema, { user: { name: 'users/me' }, updateMask: { paths: ['roles'] } }],
    ['another path', UpdateUserRequestSchema, { user: { name: 'users/me' }, updateMask: { paths: ['email'] } }],
    ['no mask', UpdateUserRequestSchema, { user: { name: 'users/me' } }],
    ['roles', UpdateUserRequestSchema, { user: { roles: ['admin'] }, updateMask: { paths: [] } }],
    ['a role twice', UpdateUserRequestSchema, { user: { roles: ['admin', 'admin'] }, updateMask: { paths: [] } }],
    ['another role', UpdateUserRequestSchema, { user: { roles: ['root'] }, updateMask: { paths: [] } }],
    ['a page', UserService.method.listUsers.input, { pageSize: 200 }],
    ['a large page', UserService.method.listUsers.input, { pageSize: 201 }],
    ['a page of less than nothing', UserService.method.listUsers.input, { pageSize: -1 }],
    ['a state', OrderService.method.listOrders.input, { state: 1 }],
    ['a state that there is not', OrderService.method.listOrders.input, { state: 99 }],
    ['itself', UserService.method.getUser.input, { name: 'users/me' }],
    ['something else', UserService.method.getUser.input, { name: 'users/you' }],
  ];

  test.each(cases)('%s', (_, schema, init) => {
    const message: Message = create(schema, init);

    expect(compileRules(schema)?.check(message)).toBe(judge.faultOf(message, schema) === undefined);
  });
});

describe('a rule that is not known leaves it open', () => {
  test.each<[string, Rules, unknown]>([
    ['a prefix', { type: { case: 'string', value: { prefix: 'a' } } }, 'ab'],
    ['a pattern of RE2', { type: { case: 'string', value: { pattern: '^\\pL$' } } }, 'a'],
    ['an expression', { cel: [{ id: 'short', message: 'is long', expression: 'size(this) < 3' }] }, 'ab'],
    ['a rule for integers', { type: { case: 'int32', value: { lt: 1 } } }, 'ab'],
    ['a rule by the side of one', { type: { case: 'string', value: { maxLen: 9n, wellKnown: uuid } } }, 'ab'],
  ])('%s', (_, rules, value) => {
    const schema = schemaWith(rules);

    const compiled = compileRules(schema);

    expect(compiled?.isComplete).toBe(false);
    expect(compiled?.check(create(schema, { value }))).toBe(false);
  });

  test('which the judge does not, or says that it cannot be understood', () => {
    const prefixed = schemaWith({ type: { case: 'string', value: { prefix: 'a' } } });
    const misfit = schemaWith({ type: { case: 'int32', value: { lt: 1 } } });

    expect(judge.faultOf(create(prefixed, { value: 'ab' }), prefixed)).toBeUndefined();
    expect(judge.faultOf(create(prefixed, { value: 'ba' }), prefixed)).toMatchObject({ code: 'invalid_argument' });
    expect(() => judge.read(misfit)).toThrow('int32');
  });

  test('but not what is known beside it', () => {
    const schema = schemaWith({ type: { case: 'string', value: { maxLen: 2n, in: ['a', 'b', 'long'] } } });
    const check = compileRules(schema)?.check;

    const outcomes = ['a', 'c', 'long'].map((value) => check?.(create(schema, { value })));

    expect(outcomes).toEqual([true, false, false]);
  });
});

/** A message with one field, a string, which has the rules. */
function schemaWith(rules: Rules): DescMessage {
  const options = create(FieldOptionsSchema);
  setExtension(options, fieldRules, create(FieldRulesSchema, rules));
  const field = { name: 'value', number: 1, type: Type.STRING, label: Label.OPTIONAL, options };
  const file = create(FileDescriptorProtoSchema, {
    name: 'test.proto',
    syntax: 'proto3',
    messageType: [{ name: 'Test', field: [field] }],
  });
  const schema = createFileRegistry(file, () => undefined).getMessage('Test');
  if (schema === undefined) throw new Error('it was just made');
  return schema;
}
