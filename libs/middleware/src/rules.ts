import {
  getOption,
  hasOption,
  isFieldSet,
  isMessage,
  ScalarType,
  type DescField,
  type DescMessage,
  type Message,
} from '@bufbuild/protobuf';
import { isReflectList, reflect } from '@bufbuild/protobuf/reflect';
import { FeatureSet_FieldPresence as Presence, FieldMaskSchema } from '@bufbuild/protobuf/wkt';
import {
  field as fieldRules,
  FieldRulesSchema,
  message as messageRules,
  oneof as oneofRules,
  type FieldRules,
} from '@ko/contracts/validate';
import { checkOf, type Check } from './known-rules.ts';

/** The rules (`buf.validate`) of a message, and of all that is in it. */
export interface CompiledRules {
  /** Whether a message keeps them for sure. One that does not may still be right. */
  readonly check: Check;
  /** Whether all of them are known here. */
  readonly isComplete: boolean;
}

/** The rules of a message, ready to be applied; undefined when there are none, in it or in what it holds. */
export function compileRules(schema: DescMessage): CompiledRules | undefined {
  if (!hasRules(schema)) return undefined;
  const compiler = new RuleCompiler();
  const check = compiler.message(schema);
  return { check, isComplete: compiler.isComplete };
}

function hasRules(schema: DescMessage, seen = new Set<DescMessage>()): boolean {
  if (seen.has(schema)) return false;
  seen.add(schema);
  return hasOwnRules(schema) || schema.fields.some((field) => isRuled(field, seen));
}

/** Whether a message has rules that are not of one of its fields. */
function hasOwnRules(schema: DescMessage): boolean {
  return hasOption(schema, messageRules) || schema.oneofs.some((oneof) => hasOption(oneof, oneofRules));
}

function isRuled(field: DescField, seen?: Set<DescMessage>): boolean {
  return hasOption(field, fieldRules) || (field.message !== undefined && hasRules(field.message, seen));
}

type Fields = Message & Readonly<Record<string, unknown>>;

/** A message that holds itself finds its own check, which is there before those of its fields are. */
class RuleCompiler {
  isComplete = true;
  readonly #messages = new Map<DescMessage, Check>();

  message(schema: DescMessage): Check {
    const known = this.#messages.get(schema);
    if (known !== undefined) return known;
    const checks: ((message: Fields) => boolean)[] = [];
    const isFields = (value: unknown): value is Fields => isMessage(value, schema);
    const check: Check = (value) => isFields(value) && checks.every((holds) => holds(value));
    this.#messages.set(schema, check);
    if (hasOwnRules(schema)) checks.push(this.#unknown());
    else checks.push(...schema.fields.filter((field) => isRuled(field)).map((field) => this.#field(field)));
    return check;
  }

  #field(field: DescField): (message: Fields) => boolean {
    const rules = getOption(field, fieldRules);
    const holds = field.oneof === undefined ? every(this.#value(field, rules)) : this.#unknown();
    const mayLack = rules.required || field.presence !== Presence.IMPLICIT;
    return (message) => (mayLack && !isFieldSet(message, field) ? !rules.required : holds(message[field.localName]));
  }

  /** What the value of a field has to keep, when it is there. */
  #value(field: DescField, rules: FieldRules): Check[] {
    const checks = this.#stated(field, rules, kindOf(field));
    if (field.fieldKind === 'list') checks.push(...this.#items(field, rules));
    else if (field.message !== undefined && hasRules(field.message)) {
      checks.push(field.fieldKind === 'message' ? this.message(field.message) : this.#unknown());
    }
    return checks;
  }

  #items(field: DescField & { readonly fieldKind: 'list' }, { type }: FieldRules): Check[] {
    const rules = type.case === 'repeated' ? type.value.items : undefined;
    const checks = rules === undefined ? [] : this.#stated(field, rules, kindOfValue(field));
    if (field.message !== undefined && hasRules(field.message)) checks.push(this.message(field.message));
    const holds = every(checks);
    return checks.length === 0 ? [] : [(items) => Array.isArray(items) && items.every(holds)];
  }

  /** What is stated of a value of the kind. */
  #stated(field: DescField, rules: FieldRules, kind: FieldRules['type']['case']): Check[] {
    const { type, cel, $unknown } = rules;
    if (cel.length > 0 || $unknown !== undefined) return [this.#unknown()];
    if (type.case === undefined) return [];
    const schema = FieldRulesSchema.field[type.case].message;
    const stated = schema && reflect(schema, type.value);
    if (stated === undefined || type.value.$unknown !== undefined || type.case !== kind) return [this.#unknown()];
    return stated.fields
      .filter((rule) => stated.isSet(rule))
      .map((rule) => checkOf(`${kind}.${rule.localName}`, boundOf(stated.get(rule)), field) ?? this.#unknown());
  }

  #unknown(): Check {
    this.isComplete = false;
    return () => false;
  }
}

function every(checks: readonly Check[]): Check {
  const [first, ...others] = checks;
  if (first === undefined) return () => true;
  return others.length === 0 ? first : (value) => checks.every((holds) => holds(value));
}

/** How `buf.validate` calls the rules that fit a field. */
function kindOf(field: DescField): FieldRules['type']['case'] {
  if (field.fieldKind === 'list') return 'repeated';
  return field.fieldKind === 'map' ? undefined : kindOfValue(field);
}

function kindOfValue({ scalar, message, enum: names }: DescField): FieldRules['type']['case'] {
  if (message?.typeName === FieldMaskSchema.typeName) return 'fieldMask';
  if (names !== undefined) return 'enum';
  return scalar === undefined ? undefined : scalarKinds.get(scalar);
}

const scalarKinds = new Map<ScalarType, FieldRules['type']['case']>([
  [ScalarType.STRING, 'string'],
  [ScalarType.INT32, 'int32'],
  [ScalarType.INT64, 'int64'],
  [ScalarType.UINT32, 'uint32'],
]);

function boundOf(bound: unknown): unknown {
  return isReflectList(bound) ? [...bound] : bound;
}
