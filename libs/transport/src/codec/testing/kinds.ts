import { create, createFileRegistry, ScalarType, type DescMessage } from '@bufbuild/protobuf';
import {
  FieldDescriptorProto_Label as Label,
  FieldDescriptorProto_Type as Type,
  FileDescriptorProtoSchema,
  file_google_protobuf_struct,
  file_google_protobuf_timestamp,
  file_google_protobuf_wrappers,
  type FileDescriptorProto,
} from '@bufbuild/protobuf/wkt';

interface Field {
  readonly name: string;
  readonly number: number;
  readonly type: Type;
  readonly label?: Label;
  readonly typeName?: string;
  readonly oneofIndex?: number;
  readonly proto3Optional?: boolean;
  readonly jsonName?: string;
  readonly options?: { readonly packed: boolean };
}

const scalars = Object.values(ScalarType).filter((type) => typeof type === 'number');
const keys = scalars.filter((type) => ![ScalarType.BYTES, ScalarType.DOUBLE, ScalarType.FLOAT].includes(type));
const color = { type: Type.ENUM, typeName: '.kinds.Color' };
const itself = { type: Type.MESSAGE, typeName: '.kinds.Kinds' };
const repeated = { label: Label.REPEATED };

const fields: readonly Field[] = [
  // Numbers of one, two and more bytes, not in the order of the declaration.
  ...scalars.map((type) => ({ name: `one_${type}`, number: 60 - type, type: fieldType(type) })),
  ...scalars.map((type) => ({ name: `many_${type}`, number: 100 + type, type: fieldType(type), ...repeated })),
  ...scalars
    .filter((type) => type !== ScalarType.STRING && type !== ScalarType.BYTES)
    .map((type) => ({
      name: `loose_${type}`,
      number: 3_000 + type,
      type: fieldType(type),
      ...repeated,
      options: { packed: false },
    })),
  ...scalars.map((type, index) => ({
    name: `maybe_${type}`,
    number: 70_000 + type,
    type: fieldType(type),
    proto3Optional: true,
    oneofIndex: 1 + index,
  })),
  ...scalars.map((type) => ({ name: `choice_${type}`, number: 150 + type, type: fieldType(type), oneofIndex: 0 })),
  { name: 'choice_color', number: 171, ...color, oneofIndex: 0 },
  { name: 'choice_message', number: 172, ...itself, oneofIndex: 0 },
  { name: 'choice_wrapper', number: 173, type: Type.MESSAGE, typeName: '.google.protobuf.Int64Value', oneofIndex: 0 },
  { name: 'one_color', number: 201, ...color },
  { name: 'many_colors', number: 202, ...color, ...repeated },
  { name: 'one_message', number: 203, ...itself },
  { name: 'many_messages', number: 204, ...itself, ...repeated },
  { name: 'one_time', number: 205, type: Type.MESSAGE, typeName: '.google.protobuf.Timestamp', jsonName: '@time' },
  ...['Bytes', 'String', 'Double', 'UInt64', 'Bool'].map((name, index) => ({
    name: `wrapped_${name.toLowerCase()}`,
    number: 210 + index,
    type: Type.MESSAGE,
    typeName: `.google.protobuf.${name}Value`,
  })),
  { name: 'wrappers', number: 220, type: Type.MESSAGE, typeName: '.google.protobuf.Int64Value', ...repeated },
  { name: 'any_value', number: 221, type: Type.MESSAGE, typeName: '.google.protobuf.Value' },
];

const maps = [
  ...keys.map((key) => ({ name: `by_${key}`, number: 300 + key, key, value: { type: Type.STRING } })),
  ...scalars.map((type) => ({
    name: `to_${type}`,
    number: 330 + type,
    key: ScalarType.STRING,
    value: { type: fieldType(type) },
  })),
  { name: 'to_color', number: 351, key: ScalarType.STRING, value: color },
  { name: 'to_message', number: 352, key: ScalarType.INT32, value: itself },
];

/** Messages with fields of every kind that proto3 has, and two that nothing is compiled for. */
export const kinds: readonly DescMessage[] =
  [...createRegistry().files].find(({ name }) => name === 'kinds')?.messages ?? [];

function createRegistry(): ReturnType<typeof createFileRegistry> {
  const files = [file_google_protobuf_struct, file_google_protobuf_timestamp, file_google_protobuf_wrappers];
  return createFileRegistry(kindsFile(), (name) => files.find((file) => file.proto.name === name));
}

function kindsFile(): FileDescriptorProto {
  return create(FileDescriptorProtoSchema, {
    name: 'kinds.proto',
    package: 'kinds',
    syntax: 'proto3',
    dependency: ['google/protobuf/struct.proto', 'google/protobuf/timestamp.proto', 'google/protobuf/wrappers.proto'],
    enumType: [
      {
        name: 'Color',
        value: ['COLOR_NONE', 'COLOR_RED', 'COLOR_BLUE'].map((name, number) => ({ name, number })),
      },
    ],
    messageType: [
      {
        name: 'Kinds',
        field: [
          ...fields.map((field) => ({ label: Label.OPTIONAL, jsonName: camelCase(field.name), ...field })),
          ...maps.map(({ name, number }) => ({
            name,
            jsonName: camelCase(name),
            number,
            type: Type.MESSAGE,
            typeName: `.kinds.Kinds.${entryName(name)}`,
            ...repeated,
          })),
        ],
        nestedType: maps.map(({ name, key, value }) => ({
          name: entryName(name),
          options: { mapEntry: true },
          field: [
            { name: 'key', number: 1, type: fieldType(key), label: Label.OPTIONAL },
            { name: 'value', number: 2, label: Label.OPTIONAL, ...value },
          ],
        })),
        oneofDecl: [{ name: 'choice' }, ...scalars.map((type) => ({ name: `_maybe_${type}` }))],
      },
      {
        name: 'WithStruct',
        field: [
          { name: 'text', jsonName: 'text', number: 1, type: Type.STRING, label: Label.OPTIONAL },
          {
            name: 'struct',
            jsonName: 'struct',
            number: 2,
            type: Type.MESSAGE,
            typeName: '.google.protobuf.Struct',
            label: Label.OPTIONAL,
          },
        ],
      },
      {
        name: 'WithItself',
        field: [
          {
            name: 'struct',
            jsonName: 'struct',
            number: 1,
            type: Type.MESSAGE,
            typeName: '.google.protobuf.Struct',
            label: Label.OPTIONAL,
          },
          {
            name: 'itself',
            jsonName: 'itself',
            number: 2,
            type: Type.MESSAGE,
            typeName: '.kinds.WithItself',
            label: Label.OPTIONAL,
          },
        ],
      },
      {
        name: 'WithNumbers',
        field: [
          { name: 'text', jsonName: 'text', number: 1, type: Type.STRING, label: Label.OPTIONAL },
          { name: 'digits', number: 2, type: Type.STRING, label: Label.OPTIONAL, jsonName: '7' },
          {
            name: 'within',
            jsonName: 'within',
            number: 3,
            type: Type.MESSAGE,
            typeName: '.kinds.WithStruct',
            label: Label.OPTIONAL,
          },
        ],
      },
    ],
  });
}

/** The types of fields have the numbers of the scalars they hold. */
function fieldType(type: ScalarType): Type {
  const name = ScalarType[type];
  return Type[name as keyof typeof Type];
}

/** As protobuf names the message of an entry. */
function entryName(name: string): string {
  return `${camelCase(`_${name}`)}Entry`;
}

function camelCase(name: string): string {
  return name.replaceAll(/_(.)/g, (_, next: string) => next.toUpperCase());
}
