import { getOption, hasOption, type DescField, type DescMessage } from '@bufbuild/protobuf';
import {
  field as fieldRules,
  message as messageRules,
  oneof as oneofRules,
  type FieldRules,
} from '@bufbuild/protovalidate/gen/buf/validate/validate_pb.js';

/** What the rules of a message, and of all that is in it, take to look at. */
export interface RulesSummary {
  /** Whether there are none. */
  readonly isEmpty: boolean;
  /** Whether regular expressions of JavaScript match what the rules mean, and no request can make them slow. */
  readonly isPlain: boolean;
}

/** Looks at the rules (`buf.validate`) of a message, and of all that is in it. */
export function summarize(schema: DescMessage): RulesSummary {
  const messages = [...messagesIn(schema)];
  const fields = messages.flatMap((message) => message.fields).filter((field) => hasOption(field, fieldRules));
  const isBare = messages.every(
    (message) => !hasOption(message, messageRules) && message.oneofs.every((oneof) => !hasOption(oneof, oneofRules)),
  );
  return {
    isEmpty: isBare && fields.length === 0,
    isPlain: isBare && fields.every((field) => isPlain(getOption(field, fieldRules))),
  };
}

function messagesIn(schema: DescMessage, found = new Set<DescMessage>()): ReadonlySet<DescMessage> {
  if (found.has(schema)) return found;
  found.add(schema);
  for (const field of schema.fields) {
    const inner = messageOf(field);
    if (inner !== undefined) messagesIn(inner, found);
  }
  return found;
}

function messageOf(field: DescField): DescMessage | undefined {
  return field.fieldKind === 'message' || field.fieldKind === 'list' || field.fieldKind === 'map'
    ? field.message
    : undefined;
}

function isPlain(rules: FieldRules): boolean {
  const { type, cel, celExpression } = rules;
  if (cel.length > 0 || celExpression.length > 0) return false;
  switch (type.case) {
    case 'string':
      return type.value.wellKnown.case !== 'wellKnownRegex' && isPlainPattern(type.value.pattern);
    case 'bytes':
      return type.value.pattern === '';
    case 'repeated':
      return type.value.items === undefined || isPlain(type.value.items);
    case 'map':
      return [type.value.keys, type.value.values].every((inner) => inner === undefined || isPlain(inner));
    default:
      return true;
  }
}

/** A character, one of a class, or a punctuation mark that stands for itself, and how often it is there, within bounds. */
const atom = String.raw`(?:[\w/:@, -]|\\[^\w\s]|\[\^?(?:[\w/:@., +-]|\\[^\w\s])+\])(?:\?|\{\d+(?:,\d+)?\})?`;
const group = String.raw`\((?:\?:)?(?:${atom}|\|)*\)\??`;
const plain = new RegExp(String.raw`^\^(?:${atom}|${group})*\$$`);

/**
 * Whether a pattern means the same in RE2, which the rules are written for, and in JavaScript, and is bounded there:
 * letters, classes of them, groups and counts between `^` and `$`. What is more, such as `.`, `\s` or `*`, is not.
 */
export function isPlainPattern(pattern: string): boolean {
  return pattern === '' || plain.test(pattern);
}
