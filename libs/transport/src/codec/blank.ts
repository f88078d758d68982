import { create, type DescMessage, type Message } from '@bufbuild/protobuf';
import { isCompilable } from './compilable.ts';

/** A message whose fields may be set by their names. */
export type Target = Message & Record<string, unknown>;

interface Property {
  readonly name: string;
  readonly value: unknown;
  /** Makes what each message has for itself: a list, a map, or a oneof without a case. */
  readonly make: (() => unknown) | undefined;
}

/** Makes messages in which nothing is set, as `create(schema)` does. */
export function blankOf(schema: DescMessage): () => Target {
  if (!isCompilable(schema)) return () => create(schema);

  const { $typeName, ...fields } = create(schema);
  const properties = Object.entries(fields).map(([name, value]) => property(name, value));

  return () => {
    const message: Target = { $typeName };
    for (const { name, value, make } of properties) message[name] = make === undefined ? value : make();
    return message;
  };
}

function property(name: string, value: unknown): Property {
  return { name, value, make: maker(value) };
}

function maker(value: unknown): Property['make'] {
  if (typeof value !== 'object' || value === null || value instanceof Uint8Array) return undefined;
  if (Array.isArray(value)) return () => [];
  return 'case' in value ? () => ({ case: undefined }) : () => ({});
}
