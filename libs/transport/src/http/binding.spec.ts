import { create, createFileRegistry, setExtension, type DescService, type MessageInitShape } from '@bufbuild/protobuf';
import { FieldDescriptorProto_Type, FileDescriptorProtoSchema, MethodOptionsSchema } from '@bufbuild/protobuf/wkt';
import { http, HttpRuleSchema } from '@ko/contracts/http';
import { expect, test } from 'vitest';
import { bindingsOf } from './binding.ts';

test('a rule with a custom pattern has its own HTTP method', () => {
  const [binding] = bindingsOf(contract({ pattern: { case: 'custom', value: { kind: 'HEAD', path: '/v1/{id}' } } }));

  expect(binding).toMatchObject({ verb: 'HEAD', template: { source: '/v1/{id}' } });
});

test.each<[string, MessageInitShape<typeof HttpRuleSchema>, string]>([
  ['no path', {}, 'has no path'],
  ['a variable that is no field', { pattern: { case: 'get', value: '/v1/{nope}' } }, 'names nope, which is no field'],
  ['a variable within a scalar', { pattern: { case: 'get', value: '/v1/{id.nope}' } }, 'names nope, which is no field'],
  [
    'a body that is no field',
    { pattern: { case: 'put', value: '/v1' }, body: 'nope' },
    'names nope, which is no field',
  ],
  ['a template that is none', { pattern: { case: 'get', value: 'v1' } }, 'no path template'],
])('a rule with %s is refused', (_, rule, message) => {
  expect(() => bindingsOf(contract(rule))).toThrow(message);
});

/** A contract of one method, `Get`, with the rule. */
function contract(rule: MessageInitShape<typeof HttpRuleSchema>): DescService {
  const options = create(MethodOptionsSchema);
  setExtension(options, http, create<typeof HttpRuleSchema>(HttpRuleSchema, rule));
  const file = create(FileDescriptorProtoSchema, {
    name: 'test.proto',
    package: 'test',
    syntax: 'proto3',
    messageType: [
      { name: 'Thing', field: [{ name: 'id', number: 1, type: FieldDescriptorProto_Type.STRING, jsonName: 'id' }] },
    ],
    service: [
      { name: 'Things', method: [{ name: 'Get', inputType: '.test.Thing', outputType: '.test.Thing', options }] },
    ],
  });
  const service = createFileRegistry(file, () => undefined).getService('test.Things');
  if (service === undefined) throw new Error('the registry lost the service');
  return service;
}
